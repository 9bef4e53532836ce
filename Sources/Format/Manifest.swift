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
    public static let maximumEntries = 400_000

    public var name: BundleName
    public var version: BundleVersion
    /// Grows with every lock, in seconds.
    public var sequence: Int
    public var created: Timestamp
    public var expires: Timestamp?
    public var builder: Builder
    public var target: Target
    public var roles: [Role]
    public var requirements: [Requirement]
    public var variables: [Variable]
    public var users: [SystemUser]
    public var steps: [Step]
    public var images: [BundledImage]
    public var sources: [Source]
    public var volumes: [Volume]
    public var chunks: [Chunk]
    public var entries: [Entry]
    /// Keys of ``extensions`` that a reader must understand.
    public var critical: [String]
    public var extensions: JSONObject

    public init(
        name: BundleName, version: BundleVersion, sequence: Int, created: Timestamp, expires: Timestamp? = nil,
        builder: Builder, target: Target, roles: [Role], requirements: [Requirement] = [], variables: [Variable] = [],
        users: [SystemUser] = [], steps: [Step] = [], images: [BundledImage] = [], sources: [Source] = [],
        volumes: [Volume] = [], chunks: [Chunk] = [], entries: [Entry] = [], critical: [String] = [],
        extensions: JSONObject = JSONObject()
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
        self.images = images
        self.sources = sources
        self.volumes = volumes
        self.chunks = chunks
        self.entries = entries
        self.critical = critical
        self.extensions = extensions
    }

    /// The name of the bundle's folder: `<name>-<version>-<profile>-<arch>`.
    public var folderName: String { "\(name)-\(version)-\(target.profile)-\(target.architecture.rawValue)" }

    /// What wrote a bundle. Part of what makes two builds equal.
    public struct Builder: Hashable, Sendable {
        /// Program and its version, version of libzstd, compression level.
        public var tool, version, zstd: String
        public var level: Int

        public init(tool: String, version: String, zstd: String, level: Int) {
            self.tool = tool
            self.version = version
            self.zstd = zstd
            self.level = level
        }
    }

    /// What a bundle is for.
    public struct Target: Hashable, Sendable {
        public var profile: String
        public var version: Version
        public var os: String
        public var architecture: Architecture

        public init(profile: String, version: Version, os: String = "linux", architecture: Architecture) {
            self.profile = profile
            self.version = version
            self.os = os
            self.architecture = architecture
        }
    }
}
