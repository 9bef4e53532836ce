import Values

/// A `hosts.toml` as containerd reads it (containerd `docs/hosts.md`): mirrors in order, then the registry itself.
struct HostsFile: Hashable {
    /// One `[host."…"]` table, or the top of the file, which is about `server`.
    struct Host: Hashable {
        /// The address as written, with its scheme.
        let address: String
        var resolves = true
        var pulls = true
        /// The path is used as it is, without `/v2`.
        var overridesPath = false
        /// Files of authorities, relative to the file's folder.
        var authorities: [String] = []
        /// Certificate and key; one file that holds both stands here twice.
        var client: Pair?
    }

    struct Pair: Hashable {
        let certificate: String
        let key: String
    }

    /// The mirrors, in order.
    let mirrors: [Host]
    /// The registry itself, when the file names or describes it.
    let server: Host?

    /// - Parameter upstream: The address of the registry when the file does not name one by `server`.
    init(_ bytes: [UInt8], upstream: String) throws(TOMLSubset.Refusal) {
        let toml = try TOMLSubset(bytes)
        var mirrors: [Host] = []
        var server: Host?
        for table in toml.tables {
            switch table.path.count {
            case 0 where table.entries.isEmpty: break
            case 0: server = try Self.host(table, address: Self.server(table) ?? upstream, isTop: true)
            case 1 where table.path == ["host"] && table.entries.isEmpty: break
            case 2 where table.path[0] == "host":
                mirrors.append(try Self.host(table, address: table.path[1], isTop: false))
            case 3 where table.path[0] == "host" && table.path[2] == "header":
                throw TOMLSubset.Refusal(line: table.line, reason: "extra header fields for a host are not sent")
            default:
                let name = table.path.joined(separator: ".")
                throw TOMLSubset.Refusal(line: table.line, reason: "the table [\(name)] is unknown")
            }
        }
        self.mirrors = mirrors
        self.server = server
    }

    private static func server(_ table: TOMLSubset.Table) throws(TOMLSubset.Refusal) -> String? {
        guard let entry = table.entries.first(where: { $0.key == "server" }) else { return nil }
        return try text(entry)
    }

    private static func host(
        _ table: TOMLSubset.Table, address: String, isTop: Bool
    ) throws(TOMLSubset.Refusal) -> Host {
        guard address.hasPrefix("https://") || address.hasPrefix("http://") else {
            throw TOMLSubset.Refusal(line: table.line, reason: "\"\(address)\" must begin with https:// or http://")
        }
        var host = Host(address: address)
        for entry in table.entries where !(isTop && entry.key == "server") { try apply(entry, to: &host) }
        return host
    }

    private static func apply(_ entry: TOMLSubset.Entry, to host: inout Host) throws(TOMLSubset.Refusal) {
        switch entry.key {
        case "capabilities":
            let names = try texts(entry)
            for name in names where !["pull", "resolve", "push", "referrers"].contains(name) {
                throw refusal(entry, "the capability \"\(name)\" is unknown")
            }
            (host.resolves, host.pulls) = (names.contains("resolve"), names.contains("pull"))
        case "ca": host.authorities = try texts(entry)
        case "client": host.client = try client(entry)
        case "override_path": host.overridesPath = try flag(entry)
        case "skip_verify":
            guard try !flag(entry) else {
                throw refusal(entry, "certificates are always verified: name the authority by \"ca\"")
            }
        // How long containerd waits; sealift has its own limits.
        case "dial_timeout": break
        default: throw refusal(entry, "the key \"\(entry.key)\" is unknown")
        }
    }

    /// One file that holds certificate and key, or one pair of files; containerd takes several, of which one is enough.
    private static func client(_ entry: TOMLSubset.Entry) throws(TOMLSubset.Refusal) -> Pair {
        let pairs: [TOMLSubset.Value]
        if case .list(let values) = entry.value { pairs = values } else { pairs = [entry.value] }
        guard pairs.count == 1 else { throw refusal(entry, "one client certificate is read, not \(pairs.count)") }
        switch pairs[0] {
        case .text(let file): return Pair(certificate: file, key: file)
        case .list(let files):
            guard files.count == 2, case .text(let certificate) = files[0], case .text(let key) = files[1] else {
                throw refusal(entry, "a client certificate is a pair of files")
            }
            return Pair(certificate: certificate, key: key)
        case .flag, .number: throw refusal(entry, "a client certificate is a file or a pair of files")
        }
    }

    private static func text(_ entry: TOMLSubset.Entry) throws(TOMLSubset.Refusal) -> String {
        guard case .text(let text) = entry.value else { throw refusal(entry, "\"\(entry.key)\" must be a string") }
        return text
    }

    private static func flag(_ entry: TOMLSubset.Entry) throws(TOMLSubset.Refusal) -> Bool {
        guard case .flag(let flag) = entry.value else { throw refusal(entry, "\"\(entry.key)\" must be true or false") }
        return flag
    }

    private static func texts(_ entry: TOMLSubset.Entry) throws(TOMLSubset.Refusal) -> [String] {
        let values: [TOMLSubset.Value]
        if case .list(let list) = entry.value { values = list } else { values = [entry.value] }
        var texts: [String] = []
        for value in values {
            guard case .text(let text) = value else {
                throw refusal(entry, "\"\(entry.key)\" must be strings")
            }
            texts.append(text)
        }
        return texts
    }

    private static func refusal(_ entry: TOMLSubset.Entry, _ reason: String) -> TOMLSubset.Refusal {
        TOMLSubset.Refusal(line: entry.line, reason: reason)
    }
}
