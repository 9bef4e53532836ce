public import Format
public import OCI
public import Posix
public import Values

/// What a definition came to when it was resolved: everything that is fetched, by digest. Stands beside the definition as
/// `<definition>.lock`, made for review.
public struct Lock: Hashable, Sendable {
    /// The only form that this code reads and writes.
    public static let form = 1

    /// Name, version and digest of the definition that was resolved.
    public var definition: Subject
    /// Name and digest of its profile.
    public var profile: Subject
    /// The platform's version.
    public var version: Version
    /// The version or channel that the definition asks for.
    public var requested: String
    /// The architecture.
    public var architecture: Architecture
    /// When it was resolved; the bundle's `created`.
    public var created: Timestamp
    /// The bundle's `sequence`; grows with every lock.
    public var sequence: Int
    /// Files that are laid as they are, sorted by name.
    public var artefacts: [LockedArtefact]
    /// Snaps, in the order in which they are installed.
    public var snaps: [LockedSnap]
    /// The published list of images.
    public var imageList: LockedDocument?
    /// Images that are pulled, sorted by name and platform.
    public var images: [LockedImage]
    /// Charts that the platform installs, sorted by name.
    public var charts: [LockedChart]
    /// Local files that the definition names, sorted by path.
    public var files: [LockedFile]

    /// A lock of these parts; lists are sorted.
    public init(
        definition: Subject, profile: Subject, version: Version, requested: String, architecture: Architecture,
        created: Timestamp, sequence: Int, artefacts: [LockedArtefact], snaps: [LockedSnap] = [],
        imageList: LockedDocument? = nil,
        images: [LockedImage], charts: [LockedChart] = [], files: [LockedFile] = []
    ) {
        self.definition = definition
        self.profile = profile
        self.version = version
        self.requested = requested
        self.architecture = architecture
        self.created = created
        self.sequence = sequence
        self.artefacts = artefacts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.snaps = snaps
        self.imageList = imageList
        self.images = images.sorted { $0.sortKey.lexicographicallyPrecedes($1.sortKey) }
        self.charts = charts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// A text that was resolved, by name and by the digest of its content.
    public struct Subject: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The digest of its canonical text.
        public var digest: SHA256Digest

        /// A text by name and digest.
        public init(name: String, digest: SHA256Digest) {
            self.name = name
            self.digest = digest
        }
    }

    /// Where the lock of the definition at `path` stands.
    public static func path(for path: FilePath) -> FilePath {
        path.parent.appending(path.lastComponent + ".lock")
    }

    /// Whether the lock was made of this definition and its profile as they are now.
    public func isCurrent(for definition: Definition) -> Bool {
        self.definition == Subject(name: definition.name.description, digest: definition.digest)
            && profile == Subject(name: definition.profile.name, digest: definition.profile.digest)
    }
}

/// A fetched document: where from, size and digest.
public struct LockedDocument: Hashable, Sendable {
    /// Where from.
    public var url: String
    /// Size and digest.
    public var content: Content

    /// A document by its facts.
    public init(url: String, content: Content) {
        self.url = url
        self.content = content
    }
}

/// A file that is laid as it is.
public struct LockedArtefact: Hashable, Sendable {
    /// Where its bytes come from.
    public enum Origin: Hashable, Sendable {
        case url(String)
        /// As the definition writes it.
        case file(String)
    }

    /// The name in the profile.
    public var name: String
    /// Where its bytes come from.
    public var origin: Origin
    /// Size and digest.
    public var content: Content
    /// The makers' checksum file that it was compared with.
    public var checksum: LockedDocument?
    /// The makers' own signature of it.
    public var signature: LockedSignature?

    /// An artefact by its facts.
    public init(
        name: String, origin: Origin, content: Content, checksum: LockedDocument? = nil,
        signature: LockedSignature? = nil
    ) {
        self.name = name
        self.origin = origin
        self.content = content
        self.checksum = checksum
        self.signature = signature
    }
}

/// The makers' own signature of a file.
public struct LockedSignature: Hashable, Sendable {
    /// Where from, size and digest.
    public var document: LockedDocument
    /// The fingerprint of the profile's key that it was checked with; `nil` when it was not checked.
    public var key: SHA256Digest?

    /// A signature by its facts.
    public init(_ document: LockedDocument, key: SHA256Digest?) {
        self.document = document
        self.key = key
    }
}

/// An image that is pulled.
public struct LockedImage: Hashable, Sendable {
    /// The image by digest.
    public var pinned: PinnedImage
    /// The archive or layout that it comes from, as the definition writes it; `nil` for one that is pulled.
    public var archive: String?
    /// Who asked for it, in words, sorted: `definition`, `image list`, a manifest's path.
    public var reasons: [String]

    /// An image by its facts.
    public init(_ pinned: PinnedImage, archive: String? = nil, reasons: [String]) {
        self.pinned = pinned
        self.archive = archive
        self.reasons = Set(reasons).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    fileprivate var sortKey: [UInt8] {
        Array(pinned.reference.description.utf8) + [0] + Array(pinned.platform.description.utf8)
    }
}

/// A local file that the definition names.
public struct LockedFile: Hashable, Sendable {
    /// As the definition writes it, or below the folder that it names.
    public var path: String
    /// Size and digest.
    public var content: Content

    /// A file by its facts.
    public init(path: String, content: Content) {
        self.path = path
        self.content = content
    }
}
