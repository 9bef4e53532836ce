public import JSON
public import Values

/// Everything inside a bundle, entry by entry and chunk by chunk (docs/format.md §6).
///
/// `space` and the entries' `extents` are not kept: they follow from the rest and are computed by ``space`` and ``TarLayout``.
public struct Manifest: Hashable, Sendable {
    /// The only format this code reads and writes.
    public static let format = 1
    /// The largest manifest, and the most entries in it.
    public static let maximumSize = ByteCount.mebibytes(32)
    /// The most entries in a payload.
    public static let maximumEntries = 400_000

    /// Which bundle; upgrades keep the name.
    public var name: BundleName
    /// The version its maker gave it.
    public var version: BundleVersion
    /// Grows with every lock, in seconds.
    public var sequence: Int
    /// When the lock was made.
    public var created: Timestamp
    /// From when on it should not be installed any more.
    public var expires: Timestamp?
    /// What wrote it.
    public var builder: Builder
    /// What it is for.
    public var target: Target
    /// Bundles that must be there before this one, sorted by name; of an add-on only.
    public var needs: [Need]
    /// What a machine can be; at least one.
    public var roles: [Role]
    /// What a machine must meet.
    public var requirements: [Requirement]
    /// What a site gives.
    public var variables: [Variable]
    /// System users that files and units need.
    public var users: [SystemUser]
    /// What is done once files are in place.
    public var steps: [Step]
    /// How the platform is operated afterwards.
    public var operation: [Operation]
    /// Container images in archives of the payload, sorted by name.
    public var images: [BundledImage]
    /// What was fetched, sorted by URL.
    public var sources: [Source]
    /// The payload's files, in order.
    public var volumes: [Volume]
    /// The payload's frames, in order of the stream.
    public var chunks: [Chunk]
    /// The payload's content, sorted by path.
    public var entries: [Entry]
    /// Keys of ``extensions`` that a reader must understand.
    public var critical: [String]
    /// Anything; what a reader does not know it ignores, unless ``critical`` names it.
    public var extensions: JSONObject

    /// All members, as they stand.
    public init(
        name: BundleName, version: BundleVersion, sequence: Int, created: Timestamp, expires: Timestamp? = nil,
        builder: Builder, target: Target, roles: [Role], requirements: [Requirement] = [], variables: [Variable] = [],
        users: [SystemUser] = [], steps: [Step] = [], operation: [Operation] = [],
        images: [BundledImage] = [], sources: [Source] = [],
        volumes: [Volume] = [], chunks: [Chunk] = [], entries: [Entry] = [], critical: [String] = [],
        extensions: JSONObject = JSONObject(), needs: [Need] = []
    ) {
        self.name = name
        self.version = version
        self.sequence = sequence
        self.created = created
        self.expires = expires
        self.builder = builder
        self.target = target
        self.roles = roles
        self.requirements = requirements
        self.variables = variables
        self.users = users
        self.steps = steps
        self.operation = operation
        self.images = images
        self.sources = sources
        self.volumes = volumes
        self.chunks = chunks
        self.entries = entries
        self.critical = critical
        self.extensions = extensions
        self.needs = needs
    }

    /// The name of the bundle's folder: `<name>-<version>-<profile>-<arch>`.
    public var folderName: String { "\(name)-\(version)-\(target.profile)-\(target.architecture.rawValue)" }

    /// What wrote a bundle. Part of what makes two builds equal.
    public struct Builder: Hashable, Sendable {
        /// Program and its version, version of libzstd, compression level.
        public var tool, version, zstd: String
        /// The level of compression.
        public var level: Int

        /// All members, as they stand.
        public init(tool: String, version: String, zstd: String, level: Int) {
            self.tool = tool
            self.version = version
            self.zstd = zstd
            self.level = level
        }
    }

    /// What a bundle is for.
    public struct Target: Hashable, Sendable {
        /// The platform's profile: `k3s`.
        public var profile: String
        /// The platform's release.
        public var version: Version
        /// The system it runs on; it decides the form of the payload.
        public var os: OperatingSystem
        /// The processor it runs on.
        public var architecture: Architecture

        /// All members, as they stand.
        public init(
            profile: String, version: Version, os: OperatingSystem = .linux, architecture: Architecture
        ) {
            self.profile = profile
            self.version = version
            self.os = os
            self.architecture = architecture
        }
    }
}
