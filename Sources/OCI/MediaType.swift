/// The type of a blob or document, as a descriptor or `Content-Type` names it (RFC 6838), without parameters.
public struct MediaType: Hashable, Sendable {
    /// The text as written, parameters removed.
    public let text: String

    /// The longest text that is read, in bytes (RFC 6838 §4.2 allows 127 on each side).
    public static let maximumLength = 255

    /// What sealift does with documents and blobs of a type.
    public enum Kind: Hashable, Sendable {
        case index, manifest, config
        case layer
        /// A layer whose bytes lie elsewhere (`nondistributable`, `foreign`); deprecated, refused.
        case foreignLayer
        /// Docker's first manifest format, which has no digest of its configuration; refused.
        case schema1
        /// Anything else: signatures, attestations, charts.
        case other
    }

    /// Takes `type/subtype` with optional parameters, which are dropped; `nil` for any other text.
    public init?(_ written: String) {
        let text = String(written.prefix { !";\t ".contains($0) })
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= Self.maximumLength,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isNameByte) })
        else { return nil }
        self.text = text
    }

    private init(known text: String) { self.text = text }

    /// `restricted-name-chars` of RFC 6838 §4.2.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || "!#$&-^_.+".utf8.contains(byte)
    }
}

extension MediaType {
    /// An OCI image index.
    public static let index = MediaType(known: oci + "index.v1+json")
    /// An OCI image manifest.
    public static let manifest = MediaType(known: oci + "manifest.v1+json")
    /// A Docker manifest list, the index of old.
    public static let dockerList = MediaType(known: docker + "distribution.manifest.list.v2+json")
    /// A Docker manifest, schema 2.
    public static let dockerManifest = MediaType(known: docker + "distribution.manifest.v2+json")

    /// The four types that every request for a manifest must accept, or registries answer with something else.
    public static let acceptedDocuments = [index, dockerList, manifest, dockerManifest]

    private static let oci = "application/vnd.oci.image."
    private static let docker = "application/vnd.docker."
    private static let kinds: [String: Kind] = [
        index.text: .index, dockerList.text: .index,
        manifest.text: .manifest, dockerManifest.text: .manifest,
        oci + "config.v1+json": .config, docker + "container.image.v1+json": .config,
        oci + "layer.v1.tar": .layer, oci + "layer.v1.tar+gzip": .layer, oci + "layer.v1.tar+zstd": .layer,
        docker + "image.rootfs.diff.tar": .layer, docker + "image.rootfs.diff.tar.gzip": .layer,
        docker + "image.rootfs.diff.tar.zstd": .layer,
        oci + "layer.nondistributable.v1.tar": .foreignLayer,
        oci + "layer.nondistributable.v1.tar+gzip": .foreignLayer,
        oci + "layer.nondistributable.v1.tar+zstd": .foreignLayer,
        docker + "image.rootfs.foreign.diff.tar": .foreignLayer,
        docker + "image.rootfs.foreign.diff.tar.gzip": .foreignLayer,
        docker + "distribution.manifest.v1+prettyjws": .schema1,
        docker + "distribution.manifest.v1+json": .schema1,
    ]

    /// What this type is for.
    public var kind: Kind { Self.kinds[text] ?? .other }
}

extension MediaType: CustomStringConvertible {
    /// The type itself.
    public var description: String { text }
}
