public import Values

/// What a machine has, written by an installer and carried back (docs/format.md §12).
public struct Receipt: Hashable, Sendable {
    /// The only format this code reads and writes.
    public static let format = 1
    /// The largest receipt: a manifest's paths and digests, without its chunks.
    public static let maximumSize = Manifest.maximumSize

    public var bundle: Bundle
    public var target: Manifest.Target
    public var role: String
    public var installed: Timestamp
    /// The version of the installer.
    public var installer: String
    /// Fingerprints of the keys that vouched.
    public var keys: [SHA256Digest]
    public var files: [File]
    public var units: [String]
    public var users: [String]
    public var images: [BundledImage]
    /// The variables that are not secret, sorted by name.
    public var values: [(name: String, value: String)]
    public var warnings: [String]

    public init(
        bundle: Bundle, target: Manifest.Target, role: String, installed: Timestamp, installer: String,
        keys: [SHA256Digest], files: [File], units: [String] = [], users: [String] = [], images: [BundledImage] = [],
        values: [(name: String, value: String)] = [], warnings: [String] = []
    ) {
        self.bundle = bundle
        self.target = target
        self.role = role
        self.installed = installed
        self.installer = installer
        self.keys = keys
        self.files = files
        self.units = units
        self.users = users
        self.images = images
        self.values = values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.warnings = warnings
    }

    /// Which bundle was installed.
    public struct Bundle: Hashable, Sendable {
        public var name: BundleName
        public var version: BundleVersion
        public var sequence: Int
        public var created: Timestamp
        /// The digest of its SHA256SUMS.
        public var digest: SHA256Digest

        public init(
            name: BundleName, version: BundleVersion, sequence: Int, created: Timestamp, digest: SHA256Digest
        ) {
            self.name = name
            self.version = version
            self.sequence = sequence
            self.created = created
            self.digest = digest
        }
    }

    /// Something that was laid.
    public struct File: Hashable, Sendable {
        /// Below the target's root.
        public var path: MemberPath
        public var kind: Kind

        public init(path: MemberPath, kind: Kind) {
            self.path = path
            self.kind = kind
        }

        /// What it is, with what can be compared later.
        public enum Kind: Hashable, Sendable {
            case directory(Permissions)
            /// A file or a rendered template; `nil` content where a secret went in.
            case file(Permissions, Content?)
            case link(target: String)
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.canonical() == right.canonical() }

    public func hash(into hasher: inout Hasher) { hasher.combine(canonical()) }
}
