import Values

/// A way that the running machine's main routing table knows (proc(5), net/ipv6/route.c).
struct Route: Hashable {
    /// Where it leads to.
    let network: IPNetwork
    /// The device it leaves by.
    let device: String

    /// The network in the notation of people.
    var text: String {
        let bytes = network.address.bytes
        guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") + "/\(network.prefix)" }
        return Self.groups(bytes) + "/\(network.prefix)"
    }

    /// Whether it is the way to all that has no other.
    var isDefault: Bool { network.prefix == 0 }

    /// RTF_UP and RTF_REJECT of linux/route.h: a way that is up, or one that leads to an error.
    private static let up: UInt32 = 0x1
    private static let reject: UInt32 = 0x200

    /// The usable routes of /proc/net/route: numbers are 32-bit words in the order of the processor.
    static func v4(_ text: KernelText) throws(Unreadable) -> [Route] {
        try text.map(skipping: 1) { line -> Route?? in
            guard line.count >= 8, let destination = address(line[1]), let flags = UInt32(line[3], radix: 16),
                let mask = address(line[7]), let prefix = prefix(of: mask),
                let network = IPNetwork("\(destination.map { String($0) }.joined(separator: "."))/\(prefix)")
            else { return .none }
            return .some(isUsable(flags) ? Route(network: network, device: String(line[0])) : nil)
        }.compactMap(\.self)
    }

    /// The usable routes of /proc/net/ipv6_route. Its lines begin with destination and prefix and end with flags and device.
    static func v6(_ text: KernelText) throws(Unreadable) -> [Route] {
        try text.map { line -> Route?? in
            guard line.count == 10, let bytes = hexadecimalBytes(line[0], count: 16),
                let prefix = hexadecimal(line[1], digits: 2, as: UInt8.self),
                let flags = hexadecimal(line[8], digits: 8, as: UInt32.self),
                let network = IPNetwork("\(groups(bytes))/\(prefix)")
            else { return .none }
            let isOther = line[9] != "lo"
            return .some(isUsable(flags) && isOther ? Route(network: network, device: String(line[9])) : nil)
        }.compactMap(\.self)
    }

    private static func isUsable(_ flags: UInt32) -> Bool { flags & up != 0 && flags & reject == 0 }

    private static func address(_ text: Substring) -> [UInt8]? {
        hexadecimalBytes(text, count: 4).map { $0.reversed() }
    }

    /// How many bits of a mask are set, when no other follows.
    private static func prefix(of mask: [UInt8]) -> Int? {
        let value = mask.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let ones = (~value).leadingZeroBitCount
        return ones == value.nonzeroBitCount ? ones : nil
    }

    private static func groups(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}

/// So many bytes as pairs of hexadecimal digits of either case.
func hexadecimalBytes(_ text: Substring, count: Int) -> [UInt8]? {
    guard text.utf8.count == 2 * count else { return nil }
    return Hex.decode(text.lowercased())
}
