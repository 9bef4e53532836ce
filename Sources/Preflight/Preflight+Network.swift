import Format
import Values

extension Preflight {
    /// Nobody else listens on the ports. What a unit of ours holds is free for its next version.
    func ports(_ ranges: [PortRange]) -> Finding.Measurement {
        let tables = ["tcp", "tcp6", "udp", "udp6"].map { (name: $0, text: probe.text("/proc/net/\($0)")) }
        guard tables.contains(where: { $0.text != nil }) else { return .unknown("/proc/net does not tell") }
        var taken: Set<String> = []
        for (name, text) in tables {
            let transport: PortRange.Transport = name.hasPrefix("tcp") ? .tcp : .udp
            for port in listening(text ?? "", isTCP: transport == .tcp) {
                guard ranges.contains(where: { $0.transport == transport && $0.first <= port && port <= $0.last })
                else {
                    continue
                }
                taken.insert("\(port)/\(transport.rawValue)")
            }
        }
        guard !taken.isEmpty else { return .holds("all free") }
        let words = taken.sorted().joined(separator: ", ")
        return isOursRunning ? .holds("held by the installed platform: \(words)") : .broken("taken: \(words)")
    }

    /// Local ports of sockets that wait for others: state 0A (LISTEN) for TCP, 07 (no peer) for UDP (proc_pid_net(5)).
    private func listening(_ table: String, isTCP: Bool) -> [UInt16] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == (isTCP ? "0A" : "07") else { return nil }
            return fields[1].split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
        }
    }

    /// A default route of either family leads somewhere.
    func defaultRoute() -> Finding.Measurement {
        guard let routes else { return .unknown("/proc/net does not tell") }
        let devices = Set(routes.filter { $0.network.prefix == 0 }.map(\.device)).sorted()
        return devices.isEmpty ? .broken("none") : .holds("by " + devices.joined(separator: ", "))
    }

    /// No route of the host lies in the networks, the platform's own aside.
    func routeOverlap(_ networks: [String]) -> Finding.Measurement {
        guard let routes else { return .unknown("/proc/net does not tell") }
        let wanted = networks.compactMap { IPNetwork($0) }
        let found = routes.filter { route in
            route.network.prefix > 0 && wanted.contains { $0.overlaps(route.network) }
        }
        guard !found.isEmpty else { return .holds("none") }
        let words = Set(found.map { "\($0.text) by \($0.device)" }).sorted().joined(separator: ", ")
        return isOursRunning ? .holds("the installed platform's: \(words)") : .broken(words)
    }

    private struct Route {
        let network: IPNetwork
        let text: String
        let device: String

        init?(_ text: String, device: Substring) {
            guard let network = IPNetwork(text) else { return nil }
            self.network = network
            self.text = text
            self.device = String(device)
        }
    }

    /// Every route that is up; `nil` when neither table can be read.
    private var routes: [Route]? {
        let (v4, v6) = (probe.text("/proc/net/route"), probe.text("/proc/net/ipv6_route"))
        guard v4 != nil || v6 != nil else { return nil }
        return routes4(v4 ?? "") + routes6(v6 ?? "")
    }

    /// Iface Destination Gateway Flags RefCnt Use Metric Mask …, addresses as little-endian hexadecimal numbers.
    private func routes4(_ table: String) -> [Route] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(whereSeparator: isBlank)
            guard fields.count > 7, let flags = Int(fields[3], radix: 16), flags & 1 == 1,
                let address = UInt32(fields[1], radix: 16), let mask = UInt32(fields[7], radix: 16)
            else { return nil }
            let bytes = (0..<4).map { String(address >> (8 * $0) & 255) }
            return Route(bytes.joined(separator: ".") + "/\(mask.nonzeroBitCount)", device: fields[0])
        }
    }

    /// Destination, prefix length, …, flags (the ninth), device, all in hexadecimal. Routes that reject lead nowhere (0x200).
    private func routes6(_ table: String) -> [Route] {
        table.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 10, fields[0].utf8.count == 32, let prefix = Int(fields[1], radix: 16),
                let flags = Int(fields[8], radix: 16), flags & 1 == 1, flags & 0x200 == 0, fields[9] != "lo"
            else { return nil }
            let digits = Array(fields[0])
            let groups = stride(from: 0, to: 32, by: 4).map { String(digits[$0..<$0 + 4]) }
            return Route(groups.joined(separator: ":") + "/\(prefix)", device: fields[9])
        }
    }

    /// A lower-case RFC 1123 name that is not `localhost`.
    func hostName() -> Finding.Measurement {
        let name = probe.hostName
        let isGood =
            VariableType.hostname.accepts(name) && name == name.lowercased() && name != "localhost"
            && !name.hasPrefix("localhost.") && name.utf8.count <= 63
        return isGood ? .holds(name) : .broken(name.isEmpty ? "none" : name)
    }
}
