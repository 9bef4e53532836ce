/// An IPv4 address (dotted decimal, RFC 1123 §2.1, no leading zeros) or an IPv6 address (RFC 4291 §2.2, no zone).
public struct IPAddress: Hashable, Sendable {
    /// 4 or 16 bytes, network order.
    public let bytes: [UInt8]

    /// Whether it is IPv4.
    public var isV4: Bool { bytes.count == 4 }

    /// `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard let bytes = text.utf8.contains(UInt8(ascii: ":")) ? Self.v6(String(text)) : Self.v4(String(text)) else {
            return nil
        }
        self.bytes = bytes
    }

    private static func v4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func v6(_ text: String) -> [UInt8]? {
        guard let gap = gapStart(in: text) else {
            let bytes = groups(text, mayEndDotted: true)
            return bytes?.count == 16 ? bytes : nil
        }
        let head = text[..<gap]
        let tail = text[text.index(gap, offsetBy: 2)...]
        guard gapStart(in: String(tail)) == nil, !tail.hasPrefix(":") else { return nil }
        guard let left = head.isEmpty ? [] : groups(String(head), mayEndDotted: false),
            let right = tail.isEmpty ? [] : groups(String(tail), mayEndDotted: true)
        else { return nil }
        // The gap stands for one group of zeros at least.
        guard left.count + right.count <= 14 else { return nil }
        return left + [UInt8](repeating: 0, count: 16 - left.count - right.count) + right
    }

    private static func gapStart(in text: String) -> String.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix("::") { return index }
            index = text.index(after: index)
        }
        return nil
    }

    /// Groups of one to four hexadecimal digits; the last of an address may be a dotted IPv4 address.
    private static func groups(_ text: String, mayEndDotted: Bool) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if mayEndDotted, part.contains("."), index == parts.count - 1 {
                guard let dotted = v4(String(part)) else { return nil }
                bytes += dotted
                continue
            }
            let isHex = part.utf8.allSatisfy {
                (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0)
            }
            guard (1...4).contains(part.utf8.count), isHex, let group = UInt16(part, radix: 16) else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 255)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

/// A network in CIDR form (RFC 4632 §3.1): an address whose bits after the prefix are zero, `/`, the prefix length.
public struct IPNetwork: Hashable, Sendable {
    /// The first address.
    public let address: IPAddress
    /// The number of leading bits that count.
    public let prefix: Int

    /// `nil` for any other text, or when a bit after the prefix is set.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]), let prefix = Int(parts[1]),
            String(prefix) == parts[1]
        else { return nil }
        guard (0...8 * address.bytes.count).contains(prefix) else { return nil }
        self.address = address
        self.prefix = prefix
        guard (prefix..<8 * address.bytes.count).allSatisfy({ !bit($0, of: address) }) else { return nil }
    }

    /// Whether the two have an address in common.
    public func overlaps(_ other: IPNetwork) -> Bool {
        guard address.isV4 == other.address.isV4 else { return false }
        return (0..<min(prefix, other.prefix)).allSatisfy { bit($0, of: address) == bit($0, of: other.address) }
    }

    private func bit(_ index: Int, of address: IPAddress) -> Bool {
        address.bytes[index / 8] >> (7 - UInt8(index % 8)) & 1 == 1
    }
}
