/// One port or a range of them: `6443/tcp`, `2379-2380/tcp`, `8472/udp`.
public struct PortRange: Hashable, Sendable, CustomStringConvertible {
    /// The transport, as /etc/services names it.
    public enum Transport: String, Hashable, Sendable { case tcp, udp }

    public let first, last: UInt16
    /// TCP or UDP.
    public let transport: Transport

    /// `nil` for any other text, port 0, or a range that goes down.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let transport = Transport(rawValue: String(parts[1])) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(ends.count), let first = UInt16(ends[0]), let last = UInt16(ends[ends.count - 1]) else {
            return nil
        }
        guard first > 0, first <= last, ends.count == 1 || first < last else { return nil }
        self.first = first
        self.last = last
        self.transport = transport
        guard description == String(text) else { return nil }
    }

    /// As a manifest writes it: `6443/tcp`, `2379-2380/tcp`.
    public var description: String { "\(first)" + (first == last ? "" : "-\(last)") + "/\(transport.rawValue)" }
}
