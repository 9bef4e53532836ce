import LibCurl

/// Asks another server for all URLs that begin with a prefix: `--mirror FROM=TO`.
public struct Mirror: Hashable, Sendable {
    /// The prefix, a URL itself.
    public let from: String
    /// What stands in its place. May hold credentials for the mirror; those for ``from`` never go there.
    public let to: String

    /// - Throws: ``FetchError/address(_:reason:)`` when either is no absolute `http` or `https` URL.
    public init(from: String, to: String) throws(FetchError) {
        self.from = try FetchRequest(url: from).url
        self.to = to
        _ = try FetchRequest(url: to)
    }

    /// Takes `FROM=TO`, split at the first `=` that is followed by a scheme.
    ///
    /// - Throws: ``FetchError/address(_:reason:)``.
    public init(parsing text: String) throws(FetchError) {
        for equals in text.indices where text[equals] == "=" {
            let to = text[text.index(after: equals)...]
            guard to.hasPrefix("http://") || to.hasPrefix("https://") else { continue }
            try self.init(from: String(text[..<equals]), to: String(to))
            return
        }
        throw .address(Printable.withoutSecrets(text), reason: "a mirror is written FROM=TO, both URLs")
    }

    /// Where `url` is to be asked for by this rule; `nil` when it does not begin with ``from``.
    ///
    /// The prefix ends where a part of the URL ends, so that `https://a.b` does not cover `https://a.b.evil`.
    func rewrite(_ url: String) -> String? {
        guard url.hasPrefix(from) else { return nil }
        let rest = url.dropFirst(from.count)
        guard from.hasSuffix("/") || rest.isEmpty || rest.first == "/" || rest.first == "?" else { return nil }
        if from.hasSuffix("/"), !to.hasSuffix("/"), !rest.isEmpty { return to + "/" + rest }
        return !from.hasSuffix("/") && to.hasSuffix("/") && rest.first == "/" ? to + rest.dropFirst() : to + rest
    }
}

extension [Mirror] {
    /// Where `address` is to be asked for: the rule with the longest ``Mirror/from`` decides; `nil` without one.
    func rewrite(_ address: WebAddress) throws(FetchError) -> WebAddress? {
        let rules = filter { $0.rewrite(address.text) != nil }
        guard let rule = rules.max(by: { $0.from.utf8.count < $1.from.utf8.count }),
            let text = rule.rewrite(address.text)
        else { return nil }
        return try FetchRequest(url: text).address
    }
}
