public import Values

/// What a machine has, written by an installer and carried back (docs/format.md §12).
public struct Receipt: Hashable, Sendable {
    /// The only format this code reads and writes.
    public static let format = 1
    /// The largest receipt: a manifest's paths and digests, without its chunks.
    public static let maximumSize = Manifest.maximumSize

    /// Which bundle was installed.
    public var bundle: Bundle
    /// What it was for.
    public var target: Manifest.Target
    /// Bundles that must stay as long as this one is there.
    public var needs: [Need]
    /// What the machine became.
    public var role: String
    /// When, by the machine's own clock.
    public var installed: Timestamp
    /// The version of the installer.
    public var installer: String
    /// Fingerprints of the keys that vouched.
    public var keys: [SHA256Digest]
    /// What was laid, in order of path.
    public var files: [File]
    /// The units that were enabled.
    public var units: [String]
    /// The users that were made.
    public var users: [String]
    /// The images that the laid archives hold.
    public var images: [BundledImage]
    /// The variables that are not secret, sorted by name.
    public var values: [(name: String, value: String)]
    /// How the platform is operated on this machine.
    public var operation: [Operation]
    /// What was said in warning when it was installed.
    public var warnings: [String]

    /// All members; values are sorted by name.
    public init(
        bundle: Bundle, target: Manifest.Target, role: String, installed: Timestamp, installer: String,
        keys: [SHA256Digest], files: [File], units: [String] = [], users: [String] = [], images: [BundledImage] = [],
        operation: [Operation] = [],
        values: [(name: String, value: String)] = [], warnings: [String] = [], needs: [Need] = []
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
        self.operation = operation
        self.values = values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.warnings = warnings
        self.needs = needs
    }

    /// Which bundle was installed.
    public struct Bundle: Hashable, Sendable {
        /// Its name.
        public var name: BundleName
        /// Its version.
        public var version: BundleVersion
        /// Its place in the order of bundles of that name.
        public var sequence: Int
        /// When its lock was made.
        public var created: Timestamp
        /// The digest of its SHA256SUMS.
        public var digest: SHA256Digest

        /// All members, as they stand.
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
        /// What it is.
        public var kind: Kind
        /// What the platform puts behind its name once it has taken it in.
        public var renamed: String?

        /// All members, as they stand.
        public init(path: MemberPath, kind: Kind, renamed: String? = nil) {
            self.path = path
            self.kind = kind
            self.renamed = renamed
        }

        /// Where the platform keeps it once it has taken it in.
        public var pathTaken: MemberPath? { renamed.flatMap { path.ending($0) } }

        /// What it is, with what can be compared later.
        public enum Kind: Hashable, Sendable {
            case directory(Permissions)
            /// A file or a rendered template; `nil` content where a secret went in.
            case file(Permissions, Content?)
            case link(target: String)
        }
    }

    /// Equal when they are written alike.
    public static func == (left: Self, right: Self) -> Bool { left.canonical() == right.canonical() }

    /// Feeds the one spelling.
    public func hash(into hasher: inout Hasher) { hasher.combine(canonical()) }
}
