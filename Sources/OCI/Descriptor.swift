public import Values

/// What an index or manifest says about a blob: type, digest, size (image-spec `descriptor.md`).
public struct Descriptor: Hashable, Sendable {
    /// What the blob is.
    public let mediaType: MediaType
    /// What its bytes hash to.
    public let digest: SHA256Digest
    /// How long it is.
    public let size: ByteCount
    /// What machine it is for; only in an index, and there optional.
    public let platform: Platform?
    /// Whether its bytes lie elsewhere (`urls`).
    public let isForeign: Bool
    /// The kind of artefact, when it is none of the image kinds.
    public let artifactType: String?

    /// The largest blob that is taken; sums of 4 096 of them still fit an `Int`.
    public static let maximumSize = ByteCount(1 << 40)

    /// Describes a blob of an image that one knows otherwise.
    public init(mediaType: MediaType, digest: SHA256Digest, size: ByteCount, platform: Platform? = nil) {
        self.init(
            mediaType: mediaType, digest: digest, size: size, platform: platform, isForeign: false, artifactType: nil)
    }

    init(
        mediaType: MediaType, digest: SHA256Digest, size: ByteCount, platform: Platform?, isForeign: Bool,
        artifactType: String?
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.isForeign = isForeign
        self.artifactType = artifactType
    }

    /// Whether it is an index or a manifest that belongs to a runnable image, or may lead to one.
    ///
    /// Attestations (`unknown/unknown`) and artefacts are documents too, but never chosen (image-spec `image-index.md`).
    var mayBeImage: Bool {
        mediaType.isDocument && artifactType == nil && !(platform?.isUnknown ?? false)
    }
}

extension MediaType {
    /// Whether it is an index or a manifest, so that its bytes are read and not only carried.
    public var isDocument: Bool { kind == .index || kind == .manifest }
}
