public import Values

/// A snap that is asked for, and by whom.
public struct SnapQuery: Hashable, Sendable {
    /// Its name in the store.
    public let name: String
    /// Where it is taken from.
    public let channel: SnapChannel
    /// dpkg's name of the machine's architecture.
    public let architecture: String
    /// Who asks for it, for messages.
    public let origin: String?

    /// A question by its facts.
    public init(_ name: String, channel: SnapChannel, architecture: Architecture, origin: String?) {
        self.name = name
        self.channel = channel
        self.architecture = architecture.rawValue
        self.origin = origin
    }
}

/// What the store says of one revision of a snap. Nothing here has been checked yet; see ``SnapEvidence``.
public struct FoundSnap: Hashable, Sendable {
    /// The name, and what the store knows the snap by for ever.
    public var name, id: String
    /// Counts up with every upload.
    public var revision: Int
    /// The maker's version.
    public var version: String
    /// Where it was really found.
    public var channel: String
    /// `app`, `base`, `snapd` …
    public var type: String
    /// The snap that has the system's libraries for it; `nil` for those that need none.
    public var base: String?
    /// `classic`, `strict` or `devmode`.
    public var confinement: String
    /// Where its bytes are.
    public var url: String
    /// How many they are.
    public var size: ByteCount
    /// Their digest.
    public var digest: SHA3Digest

    /// A snap by its facts.
    public init(
        name: String, id: String, revision: Int, version: String, channel: String, type: String, base: String?,
        confinement: String, url: String, size: ByteCount, digest: SHA3Digest
    ) {
        self.name = name
        self.id = id
        self.revision = revision
        self.version = version
        self.channel = channel
        self.type = type
        self.base = base
        self.confinement = confinement
        self.url = url
        self.size = size
        self.digest = digest
    }
}
