import JSON
import Values

/// The parts of docker's `config.json` and containers' `auth.json` that say how to log in.
struct CredentialFile: Hashable, Sendable {
    /// One member of `auths`: a key as written, and what it holds.
    struct Entry: Hashable, Sendable {
        let key: CredentialKey
        /// `nil` for `{}`, which says that a helper keeps the secret.
        let credential: Credential?
    }

    let entries: [Entry]
    /// Helper suffix by registry host.
    let helpers: [String: String]
    /// The helper for all other registries.
    let commonHelper: String?

    /// The longest file that is read.
    static let maximumSize = ByteCount.mebibytes(1)

    /// - Throws: ``JSONError``, whose words hold places and keys, never values of `auths`.
    init(_ bytes: [UInt8]) throws(JSONError) {
        let limits = JSONLimits(size: Self.maximumSize)
        let root = try JSONReader(JSONValue.parse(bytes, limits: limits, dialect: .foreign), dialect: .foreign)
        var entries: [Entry] = []
        if let auths = try root.optionalObject("auths") {
            for member in auths.object.members {
                guard let key = CredentialKey(member.key) else { continue }
                let reader = try auths.optionalObject(member.key)
                let credential = try reader.flatMap { reader throws(JSONError) in try Self.credential(reader) }
                entries.append(Entry(key: key, credential: credential))
            }
        }
        self.entries = entries
        var helpers: [String: String] = [:]
        if let byHost = try root.optionalObject("credHelpers") {
            for member in byHost.object.members {
                guard let key = CredentialKey(member.key) else { continue }
                helpers[key.host] = try Self.suffix(byHost.item(member.key))
            }
        }
        self.helpers = helpers
        commonHelper = try root.optional("credsStore").flatMap { item throws(JSONError) in try Self.suffix(item) }
    }

    /// What is kept for `host` and, when entries name namespaces, for the longest that covers `repository`.
    func entry(host: String, repository: String) -> Entry? {
        let covering = entries.filter { $0.key.covers(host: host, repository: repository) }
        return covering.max { $0.key.namespace.utf8.count < $1.key.namespace.utf8.count }
    }

    private static func credential(_ reader: JSONReader) throws(JSONError) -> Credential? {
        if let token = try text(reader, "registrytoken") { return .registryToken(Secret(token)) }
        if let token = try text(reader, "identitytoken") { return .identityToken(Secret(token)) }
        if let user = try text(reader, "username"), let password = try text(reader, "password") {
            return .password(user: user, Secret(password))
        }
        guard let packed = try text(reader, "auth") else { return nil }
        guard let bytes = Base64.decode(packed), let pair = Self.pair(bytes) else {
            throw .invalid(path: reader.path.description + ".auth", expected: "user:password in Base64", found: "…")
        }
        return pair
    }

    /// `user:password`, cut at the first colon; some writers end it with zero bytes.
    private static func pair(_ bytes: [UInt8]) -> Credential? {
        let trimmed = bytes.prefix { $0 != 0 }
        guard let colon = trimmed.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: trimmed[..<colon], as: UTF8.self),
            let password = String(validating: trimmed[(colon + 1)...], as: UTF8.self)
        else { return nil }
        return .password(user: user, Secret(password))
    }

    /// A member's text; an empty one counts as absent, as docker writes it. A wrong kind is told without the value.
    private static func text(_ reader: JSONReader, _ key: String) throws(JSONError) -> String? {
        guard let text = try reader.optionalString(key), !text.isEmpty else { return nil }
        return text
    }

    /// A helper's suffix becomes part of a program's name: no path, no option.
    private static func suffix(_ item: JSONItem) throws(JSONError) -> String? {
        let text = try item.string()
        guard !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ isNameByte($0) }) else {
            throw item.invalid("the end of a program's name", found: text)
        }
        return text
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.".utf8.contains(byte)
        }
    }
}

/// A key of `auths`: `host`, `host:port`, `https://host/v1/`, or `host/namespace` as containers' tools write it.
struct CredentialKey: Hashable, Sendable {
    /// Host and port in lower case; Docker Hub by any of its names is `docker.io`.
    let host: String
    /// What follows the host, without slashes at its ends; empty for most.
    let namespace: String

    private static let hubNames: Set<String> = ["docker.io", "index.docker.io", "registry-1.docker.io"]

    init?(_ text: String) {
        let schemes = ["https://", "http://"]
        let isURL = schemes.contains { text.hasPrefix($0) }
        let rest = isURL ? text.drop { $0 != ":" }.dropFirst(3) : text[...]
        let host = rest.prefix { $0 != "/" }
        guard !host.isEmpty else { return nil }
        self.host = Self.canonical(String(host))
        let path = rest.dropFirst(host.count).split(separator: "/").joined(separator: "/")
        namespace = isURL || path == "v1" || path == "v2" ? "" : path
    }

    /// The name under which credentials for `host` are looked up.
    static func canonical(_ host: String) -> String {
        let lower = host.lowercased()
        return hubNames.contains(lower) ? "docker.io" : lower
    }

    func covers(host: String, repository: String) -> Bool {
        host == self.host
            && (namespace.isEmpty || repository == namespace || repository.hasPrefix(namespace + "/"))
    }
}
