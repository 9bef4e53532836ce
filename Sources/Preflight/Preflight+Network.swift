import Format
import Values

extension Preflight {
    /// Nobody else listens on the ports. What a unit of ours holds is free for its next version.
    func ports(_ ranges: [PortRange]) throws(Unreadable) -> Finding.Measurement {
        let held = try sockets().filter { socket in
            ranges.contains { $0.transport == socket.transport && ($0.first...$0.last).contains(socket.port) }
        }
        let isOurs = isOursRunning
        guard !held.isEmpty else { return isOurs ? .holds("all free") : tried(ranges) }
        let holders = isOurs ? [:] : probe.holders(of: Set(held.map(\.inode)))
        let sorted = held.sorted { ($0.port, $0.address) < ($1.port, $1.address) }
        var words: [String] = []
        for socket in sorted {
            let holder = holders[socket.inode].map { " by \($0)" } ?? ""
            let text = "\(socket.port)/\(socket.transport.rawValue) on \(socket.address)\(holder)"
            if words.last != text { words.append(text) }
        }
        let list = words.joined(separator: ", ")
        return isOurs ? .holds("held by the installed platform: \(list)") : .broken("taken: \(list)")
    }

    /// So many ports of one rule are tried; the tables have told of all by then.
    private static let mostTried = 4_096

    /// The tables show nobody; now the ports are had and called for a moment each.
    private func tried(_ ranges: [PortRange]) -> Finding.Measurement {
        var taken: [String] = []
        for range in ranges {
            for port in (range.first...range.last).prefix(Self.mostTried) {
                let name = "\(port)/\(range.transport.rawValue)"
                switch probe.attempt(on: port, range.transport) {
                case .held: taken.append("\(name) by somebody who does not show")
                case .answered: taken.append("\(name) by a rule of the packet filter, which leads it elsewhere")
                case .free, nil: break
                }
            }
        }
        return taken.isEmpty ? .holds("all free") : .broken("taken: " + taken.joined(separator: ", "))
    }

    /// What occupies a port. The tables of IPv6 are missing where it is switched off.
    private func sockets() throws(Unreadable) -> [Socket] {
        try Socket.occupying(kernelText("/proc/net/tcp"), .tcp) + Socket.occupying(kernelText("/proc/net/udp"), .udp)
            + Socket.occupying(optionalKernelText("/proc/net/tcp6"), .tcp)
            + Socket.occupying(optionalKernelText("/proc/net/udp6"), .udp)
    }

    /// A route that leads nowhere: the makers' remedy where there is no gateway (K3s docs, Air-Gap Install). Lost at a reboot.
    static let dummyRoute =
        "ip link add dummy0 type dummy && ip link set dummy0 up && ip addr add 203.0.113.254/31 dev dummy0"
        + " && ip route add default via 203.0.113.255 dev dummy0 metric 1000"

    /// A default route of either family leads somewhere.
    func defaultRoute() throws(Unreadable) -> Finding.Measurement {
        let devices = Set(try routes().filter(\.isDefault).map(\.device)).sorted()
        return devices.isEmpty
            ? .broken("none", command: Self.dummyRoute) : .holds("by " + devices.joined(separator: ", "))
    }

    /// No route of the host lies in the networks, the platform's own aside.
    func routeOverlap(_ networks: [String]) throws(Unreadable) -> Finding.Measurement {
        let wanted = networks.compactMap { IPNetwork($0) }
        let found = try routes().filter { route in
            !route.isDefault && wanted.contains { $0.overlaps(route.network) }
        }
        guard !found.isEmpty else { return .holds("none") }
        let words = Set(found.map { "\($0.text) by \($0.device)" }).sorted().joined(separator: ", ")
        return isOursRunning ? .holds("the installed platform's: \(words)") : .broken(words)
    }

    private func routes() throws(Unreadable) -> [Route] {
        try Route.v4(kernelText("/proc/net/route")) + Route.v6(optionalKernelText("/proc/net/ipv6_route"))
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
