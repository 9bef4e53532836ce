extension MapFile {
    /// What a path of keys leads to.
    enum Place {
        /// A value.
        case key(Key)
        /// A map with more keys of the platform's.
        case map
        /// What a definition must not set, with the reason.
        case refused(String)
        /// Nothing; what exists instead at that depth.
        case unknown(known: [String])
    }

    /// What stands at `path`.
    func place(_ path: [String]) -> Place {
        let name = path.joined(separator: ".")
        guard path.allSatisfy({ !$0.utf8.contains(UInt8(ascii: ".")) }) else { return unknown(path) }
        if let reason = refused[name] { return .refused(reason) }
        if let key = keys[name] ?? appending(name) { return .key(key) }
        return next(below: path).isEmpty ? unknown(path) : .map
    }

    /// The key of a list that `key+` appends to.
    private func appending(_ name: String) -> Key? {
        guard appends, name.utf8.last == UInt8(ascii: "+") else { return nil }
        return keys[String(name.dropLast())].flatMap { $0.type == .list ? $0 : nil }
    }

    private func unknown(_ path: [String]) -> Place { .unknown(known: next(below: path.dropLast())) }

    /// The keys that stand directly below `path`, sorted.
    private func next(below path: [String]) -> [String] {
        let prefix = path.map { $0 + "." }.joined()
        let below = keys.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).prefix { $0 != "." } }
        return Set(below.map(String.init)).sorted()
    }
}
