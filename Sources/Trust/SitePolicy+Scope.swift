import JSON
public import Posix
public import Values

extension SitePolicy {
    /// A platform on an architecture.
    public struct Target: Hashable, Sendable {
        /// The profile's name.
        public var profile: String
        /// The machine's processor.
        public var architecture: Architecture

        /// Takes both as they are.
        public init(profile: String, architecture: Architecture) {
            self.profile = profile
            self.architecture = architecture
        }

        /// `k3s/amd64`.
        var words: String { "\(profile)/\(architecture.rawValue)" }
    }

    /// `bundles`, `targets` and `roots`.
    mutating func readScope(_ reader: JSONReader) throws(JSONError) {
        bundles = try reader.distinct("bundles") { (item) throws(JSONError) in try Self.name(item, "a bundle's name") }
        targets = try reader.distinct("targets") { (item) throws(JSONError) in
            let target = try item.object()
            let words = Architecture.allCases.map(\.rawValue).joined(separator: " or ")
            let read = Target(
                profile: try Self.name(target.item("profile"), "a profile's name"),
                architecture: try target.parsed("arch", as: words) { Architecture(rawValue: $0) })
            try target.finish()
            return read
        }
        roots = try reader.distinct("roots") { (item) throws(JSONError) in
            try item.parsed(as: "an absolute path without . and .. and without a / at its end") { Self.root($0) }
        }
    }

    /// `[a-z0-9]` then up to 62 of `[a-z0-9-]` (docs/format.md §6).
    private static func name(_ item: JSONItem, _ what: String) throws(JSONError) -> String {
        try item.parsed(as: "\(what): lower-case letters, digits and -") { text in
            let isName = text.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
            }
            return isName && (1...63).contains(text.utf8.count) && text.first != "-" ? text : nil
        }
    }

    private static func root(_ text: String) -> FilePath? {
        guard text != "/" else { return "/" }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPlain = parts.dropFirst().allSatisfy { part in
            let name = String(Substring(part))
            return !["", ".", ".."].contains(name) && !part.contains(0)
        }
        return parts.count > 1 && parts[0].isEmpty && isPlain ? FilePath(text) : nil
    }

    /// Refuses a bundle that is not for this site.
    public func admit(name: String, profile: String, architecture: Architecture) throws(TrustError) {
        if let bundles, !bundles.contains(name) {
            throw .bundleNotAdmitted(name, admitted: bundles, policy: path)
        }
        let target = Target(profile: profile, architecture: architecture)
        if let targets, !targets.contains(target) {
            throw .targetNotAdmitted(target.words, admitted: targets.map(\.words), policy: path)
        }
    }

    /// Refuses a root that is none of `roots`, nor below one of them; `/` stands for the running machine alone.
    ///
    /// - Parameter root: Absolute, links resolved.
    public func admit(root: FilePath) throws(TrustError) {
        guard let roots else { return }
        let isAdmitted = roots.contains { admitted in
            root == admitted || (admitted != "/" && root.bytes.starts(with: admitted.bytes + [UInt8(ascii: "/")]))
        }
        guard isAdmitted else { throw .rootNotAdmitted(root, admitted: roots.map(\.text), policy: path) }
    }
}
