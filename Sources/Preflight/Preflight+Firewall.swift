import Format
import Values

/// What the packet filter lets in. It is looked at and never changed; the lines to type are told.
extension Preflight {
    /// One of firewalld, ufw and nftables, in this order; nothing may be in the way where none is active.
    func firewall(_ ports: [PortRange], _ networks: [String]) throws(Unreadable) -> Finding.Measurement {
        if try isActive("firewalld.service") { return firewalld(ports, networks) }
        if probe.text("/etc/ufw/ufw.conf").map({ setting("ENABLED", in: $0) == "yes" }) ?? false {
            return ufw(ports, networks)
        }
        return packetFilter(ports, networks)
    }

    static let firewalldQueries = [
        ["firewall-cmd", "--list-all"], ["firewall-cmd", "--zone=trusted", "--list-sources"],
    ]
    static let packetFilterQueries = [["nft", "list", "chains"], ["iptables", "-S", "INPUT"]]

    /// By firewall-cmd(1), which asks over D-Bus and changes nothing: the default zone's ports, the trusted sources.
    private func firewalld(_ ports: [PortRange], _ networks: [String]) -> Finding.Measurement {
        func command(_ ports: [PortRange], _ networks: [String]) -> String {
            (ports.map { "firewall-cmd --permanent --add-port=\($0)" }
                + networks.map { "firewall-cmd --permanent --zone=trusted --add-source=\($0)" }
                + ["firewall-cmd --reload"]).joined(separator: " && ")
        }
        guard let zone = probe.output(of: Self.firewalldQueries[0]),
            let sources = probe.output(of: Self.firewalldQueries[1])
        else { return .unknown("firewalld runs and does not tell its rules", command: command(ports, networks)) }
        let lines = KernelText(zone, path: "").lines
        if lines.contains(["target:", "ACCEPT"]) { return .holds("firewalld lets all in") }
        let open = (lines.first { $0[0] == "ports:" } ?? []).dropFirst().compactMap { PortRange($0) }
        let trusted = Set(sources.split { $0 == " " || $0 == "\n" })
        return verdict(
            "firewalld", ports.filter { !isCovered($0, open) }, networks.filter { !trusted.contains(Substring($0)) },
            command)
    }

    /// By the lines that ufw itself keeps: `### tuple ### allow tcp 6443 0.0.0.0/0 any 0.0.0.0/0 in`.
    private func ufw(_ ports: [PortRange], _ networks: [String]) -> Finding.Measurement {
        func command(_ ports: [PortRange], _ networks: [String]) -> String {
            let rules = ports.map { port in
                "ufw allow \(port.first)" + (port.first == port.last ? "" : ":\(port.last)")
                    + "/\(port.transport.rawValue)"
            }
            return (rules + networks.map { "ufw allow from \($0)" }).joined(separator: " && ")
        }
        if probe.text("/etc/default/ufw").map({ setting("DEFAULT_INPUT_POLICY", in: $0) == "ACCEPT" }) ?? false {
            return .holds("ufw lets all in")
        }
        guard let rules = probe.text("/etc/ufw/user.rules") else {
            return .unknown("ufw is on, and its rules cannot be read", command: command(ports, networks))
        }
        var open: [PortRange] = []
        var trusted: Set<Substring> = []
        for line in KernelText(rules, path: "").lines where line.starts(with: ["###", "tuple", "###", "allow"]) {
            guard line.count >= 10, line[9].hasPrefix("in") else { continue }
            if line[5] == "any", line[4] == "any" { trusted.insert(line[8]) }
            guard line[8] == "0.0.0.0/0" else { continue }
            for transport in line[4] == "any" ? ["tcp", "udp"] : [line[4]] {
                for part in line[5].split(separator: ",") {
                    let ends = String(part.map { $0 == ":" ? "-" : $0 })
                    if let range = PortRange("\(ends)/\(transport)") { open.append(range) }
                }
            }
        }
        return verdict(
            "ufw", ports.filter { !isCovered($0, open) }, networks.filter { !trusted.contains(Substring($0)) }, command)
    }

    private func verdict(
        _ name: String, _ ports: [PortRange], _ networks: [String], _ command: ([PortRange], [String]) -> String
    ) -> Finding.Measurement {
        guard !ports.isEmpty || !networks.isEmpty else { return .holds("\(name) lets in what is asked for") }
        let words = ports.map(\.description) + networks.map { "packets from \($0)" }
        return .broken("\(name) keeps out " + words.joined(separator: ", "), command: command(ports, networks))
    }

    /// Rules of one's own are not judged: a policy of refusal is told, with the rules that belong before it. The programs are not
    /// asked where the kernel has no packet filter loaded, since asking would load it.
    private func packetFilter(_ ports: [PortRange], _ networks: [String]) -> Finding.Measurement {
        guard
            probe.kind(of: "/sys/module/nf_tables") == .directory
                || probe.kind(of: "/sys/module/ip_tables") == .directory
        else { return .holds("none is active") }
        if let chains = probe.output(of: Self.packetFilterQueries[0]) {
            guard let (table, chain) = refusingChain(chains) else { return .holds("nftables lets in by policy") }
            let rules =
                ports.map { "nft insert rule \(table) \(chain) \($0.transport.rawValue) dport \(span($0)) accept" }
                + networks.map { "nft insert rule \(table) \(chain) \(family($0)) saddr \($0) accept" }
            return .unknown(
                "nftables drops by policy in \(table) \(chain); its rules are not judged",
                command: rules.isEmpty ? nil : rules.joined(separator: " && "))
        }
        guard let rules = probe.output(of: Self.packetFilterQueries[1])?.split(separator: "\n"), !rules.isEmpty else {
            return .unknown("no program tells the rules of the packet filter")
        }
        let refuses = ["-P INPUT DROP", "-A INPUT -j DROP", "-A INPUT -j REJECT"].contains { refusal in
            rules.contains { $0.hasPrefix(refusal) }
        }
        guard refuses else { return .holds("iptables lets in by policy") }
        let lines =
            ports.map { "iptables -I INPUT -p \($0.transport.rawValue) --dport \($0.first):\($0.last) -j ACCEPT" }
            + networks.filter { family($0) == "ip" }.map { "iptables -I INPUT -s \($0) -j ACCEPT" }
        return .unknown(
            "iptables refuses what it does not know; its rules are not judged", command: lines.joined(separator: " && ")
        )
    }

    /// The table and the name of a chain on the way in whose policy is to drop (nft(8), "CHAINS").
    private func refusingChain(_ text: String) -> (table: String, chain: Substring)? {
        var (table, chain) = ("", Substring())
        for line in KernelText(text, path: "").lines {
            if line[0] == "table", line.count > 2 { table = "\(line[1]) \(line[2])" }
            if line[0] == "chain", line.count > 1 { chain = line[1] }
            if line[0] == "type", line.contains("input"), line.last == "drop;" { return (table, chain) }
        }
        return nil
    }

    private func span(_ range: PortRange) -> String {
        range.first == range.last ? "\(range.first)" : "\(range.first)-\(range.last)"
    }

    private func family(_ network: String) -> String { network.contains(":") ? "ip6" : "ip" }

    private func isCovered(_ range: PortRange, _ open: [PortRange]) -> Bool {
        open.contains { $0.transport == range.transport && $0.first <= range.first && range.last <= $0.last }
    }

    /// `KEY=value` of a file for shells, quotes taken away.
    private func setting(_ key: String, in text: String) -> String? {
        let line = text.split(separator: "\n").last { $0.hasPrefix("\(key)=") }
        return line.map { String($0.dropFirst(key.count + 1).filter { $0 != "\"" && $0 != "'" && $0 != " " }) }
    }
}
