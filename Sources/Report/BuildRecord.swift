public import Values

/// What a bundle was built from and how: what its provenance and its lists of contents tell beyond the manifest.
///
/// A function of definition, profile, lock, options and the content that the lock names; no clock, no path, no machine's name.
public struct BuildRecord: Hashable, Sendable {
    /// A text that was read, by name and by the digest of its content without comments and layout.
    public struct Text: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The digest.
        public var digest: SHA256Digest

        /// A text by name and digest.
        public init(name: String, digest: SHA256Digest) {
            self.name = name
            self.digest = digest
        }
    }

    /// The definition.
    public var definition: Text
    /// The profile.
    public var profile: Text
    /// The lock as a file: its text, byte by byte.
    public var lock: SHA256Digest
    /// The version or channel that the definition asks for.
    public var requested: String
    /// Everything that was gathered, sorted by kind and name.
    public var materials: [Material]

    /// A record of these parts; materials are sorted.
    public init(definition: Text, profile: Text, lock: SHA256Digest, requested: String, materials: [Material]) {
        self.definition = definition
        self.profile = profile
        self.lock = lock
        self.requested = requested
        self.materials = materials.sorted()
    }
}

/// Something that was gathered.
public struct Material: Hashable, Sendable {
    /// What it is.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case artefact, assertion, chart, checksum, file, image
        case imageList = "image-list"
        case signature, snap
    }

    /// What it is.
    public var kind: Kind
    /// What the lock calls it.
    public var name: String
    /// Where it was fetched from; `nil` for a file of the definition's own, and for images, whose name says it.
    public var url: String?
    /// Its digest; of an image that of what its name points at.
    public var digest: SHA256Digest
    /// Of an image, the digest of the target platform's manifest.
    public var manifest: SHA256Digest?
    /// Its makers' version.
    public var version: String?
    /// The licence, as its makers declare it.
    public var licence: String?
    /// Who makes or supplies it, as they say themselves.
    public var supplier: String?
    /// What vouches for it besides the lock, in words.
    public var vouched: String?

    /// Something gathered, by its facts.
    public init(
        _ kind: Kind, _ name: String, url: String? = nil, digest: SHA256Digest, manifest: SHA256Digest? = nil,
        version: String? = nil,
        licence: String? = nil, supplier: String? = nil, vouched: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.url = url
        self.digest = digest
        self.manifest = manifest
        self.version = version
        self.licence = licence
        self.supplier = supplier
        self.vouched = vouched
    }
}

extension Material: Comparable {
    /// Order of kinds, names, addresses, by bytes.
    public static func < (left: Self, right: Self) -> Bool {
        left.sortKey.lexicographicallyPrecedes(right.sortKey)
    }

    private var sortKey: [UInt8] {
        [kind.rawValue, name, url ?? "", digest.hex].flatMap { Array($0.utf8) + [0] }
    }
}
