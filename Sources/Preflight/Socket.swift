import Format
import Values

/// An end of a connection that waits on this machine, as /proc/net/tcp and its like show it (proc(5)).
struct Socket: Hashable {
    let transport: PortRange.Transport
    let port: UInt16
    /// In the notation of people.
    let address: String
    /// What tells it from other sockets, also among the open files of a process.
    let inode: UInt64

    /// Sockets that occupy a port: TCP that listens, UDP that is bound.
    ///
    /// - Throws: ``Unreadable`` for the first line that is not as the kernel writes it.
    static func occupying(_ text: KernelText, _ transport: PortRange.Transport) throws(Unreadable) -> [Socket] {
        try text.map(skipping: 1) { line in row(line, transport) }.compactMap(\.self)
    }

    /// `.none` for a malformed line, `.some(nil)` for a socket that occupies nothing.
    private static func row(_ line: [Substring], _ transport: PortRange.Transport) -> Socket?? {
        guard line.count >= 10, line[0].last == ":", decimal(line[0].dropLast()) != nil,
            let local = end(line[1]), end(line[2]) != nil, let state = hexadecimal(line[3], digits: 2, as: UInt8.self),
            let inode = decimal(line[9])
        else { return .none }
        // TCP_LISTEN of include/net/tcp_states.h. A UDP socket is in this table as soon as it has a port.
        guard transport == .udp || state == 0x0A, local.port != 0 else { return .some(nil) }
        return Socket(transport: transport, port: local.port, address: local.address, inode: UInt64(inode))
    }

    /// `0100007F:1F90`: 32-bit words in the order of the processor, and the port.
    private static func end(_ text: Substring) -> (address: String, port: UInt16)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = hexadecimal(parts[1], digits: 4, as: UInt16.self),
            let bytes = hexadecimalBytes(parts[0], count: 4) ?? hexadecimalBytes(parts[0], count: 16)
        else { return nil }
        let address = stride(from: 0, to: bytes.count, by: 4).flatMap { bytes[$0..<$0 + 4].reversed() }
        return (Self.text(address), port)
    }

    private static func text(_ address: [UInt8]) -> String {
        if address.allSatisfy({ $0 == 0 }) { return "all addresses" }
        if address.count == 4 { return address.map { String($0) }.joined(separator: ".") }
        if address == [UInt8](repeating: 0, count: 15) + [1] { return "::1" }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]) }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
