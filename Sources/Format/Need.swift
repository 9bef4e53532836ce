import JSON
public import Values

/// A bundle that must be installed before another is: what an add-on stands on (docs/format.md §6.1).
public struct Need: Hashable, Sendable {
    /// The bundle's name.
    public var bundle: BundleName
    /// The profile that it was made from.
    public var profile: String
    /// Its versions that will do; ``VersionRange/all`` for every one.
    public var versions: VersionRange
    /// The platform's versions that will do.
    public var platform: VersionRange

    /// All members, as they stand.
    public init(
        bundle: BundleName, profile: String, versions: VersionRange = .all, platform: VersionRange = .all
    ) {
        self.bundle = bundle
        self.profile = profile
        self.versions = versions
        self.platform = platform
    }

    /// Whether a bundle of this version, for this target, will do. The name is not looked at.
    public func isMet(by version: BundleVersion, for target: Manifest.Target) -> Bool {
        target.profile == profile && versions.contains(Version(version.description))
            && platform.contains(target.version)
    }

    /// What is needed in words: `line7 >=2026.11 (k3s >=v1.30)`.
    public var words: String {
        let own = versions == .all ? "\(bundle)" : "\(bundle) \(versions)"
        return own + " (" + (platform == .all ? profile : "\(profile) \(platform)") + ")"
    }
}

extension Need {
    var json: JSONValue {
        object([
            ("bundle", .string(bundle.description)), ("profile", .string(profile)),
            ("versions", versions == .all ? .none : .some(strings(versions.texts))),
            ("platform", platform == .all ? .none : .some(strings(platform.texts))),
        ])
    }

    static func read(_ item: JSONItem) throws(JSONError) -> Need {
        let reader = try item.object()
        let need = Need(
            bundle: try reader.parsed("bundle", as: "a bundle's name") { BundleName($0) },
            profile: try reader.parsed("profile", as: "a profile's name") { BundleName($0)?.description },
            versions: try range("versions", reader), platform: try range("platform", reader))
        try reader.finish()
        return need
    }

    private static func range(_ key: String, _ reader: JSONReader) throws(JSONError) -> VersionRange {
        guard let item = reader.optional(key) else { return .all }
        let texts = try item.array { (item) throws(JSONError) in try item.string() }
        let isPrintable = texts.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
        guard isPrintable, let range = VersionRange(texts) else {
            throw item.invalid("bounds such as \">=v1.30 <v1.34\"", found: "others")
        }
        return range
    }
}
