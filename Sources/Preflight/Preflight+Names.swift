import Format
import Values

/// Rules on how the machine finds others by name.
extension Preflight {
    /// One name server at least is no address of the machine itself: pods cannot reach that one. Behind systemd-resolved stands
    /// its own list (systemd-resolved.service(8), "/etc/resolv.conf").
    func resolver() throws(Unreadable) -> Finding.Measurement {
        let path = "/etc/resolv.conf"
        guard let text = probe.text(path) else { return try missing(path) }
        var servers = try servers(KernelText(text, path: path))
        if servers.contains("127.0.0.53") {
            servers += try self.servers(optionalKernelText("/run/systemd/resolve/resolv.conf"))
        }
        let reachable = servers.filter { !$0.hasPrefix("127.") && $0 != "::1" && $0 != "0.0.0.0" }
        guard reachable.isEmpty else { return .holds(Set(reachable).sorted().joined(separator: ", ")) }
        return .broken(servers.isEmpty ? "no name server" : "only " + Set(servers).sorted().joined(separator: ", "))
    }

    /// The lines that say `nameserver` (resolv.conf(5)); the zone of a link-local address is left out.
    private func servers(_ text: KernelText) throws(Unreadable) -> [String] {
        var servers: [String] = []
        for (index, line) in text.lines.enumerated() where line[0] == "nameserver" {
            guard line.count > 1, IPAddress(String(line[1].prefix { $0 != "%" })) != nil else {
                throw text.refusal(index)
            }
            servers.append(String(line[1]))
        }
        return servers
    }

    /// Lines of /etc/hosts: an address and its names (hosts(5)).
    func hostsEntry(_ names: [String]) throws(Unreadable) -> Finding.Measurement {
        let path = "/etc/hosts"
        guard let found = probe.text(path) else { return try missing(path) }
        let text = KernelText(found, path: path)
        var known: Set<String> = []
        for line in text.lines where IPAddress(String(line[0].prefix { $0 != "%" })) != nil {
            for word in line.dropFirst() {
                guard !word.hasPrefix("#") else { break }
                known.insert(word.lowercased())
            }
        }
        let missing = names.filter { !known.contains($0.lowercased()) }
        return missing.isEmpty ? .holds("all there") : .broken("missing: " + missing.joined(separator: ", "))
    }

    /// A file that is not there, or not to be read.
    private func missing(_ path: String) throws(Unreadable) -> Finding.Measurement {
        try probe.exists(path) ? .unknown("\(path) does not tell") : .broken("there is no \(path)")
    }
}
