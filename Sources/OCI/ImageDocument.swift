public import Values

/// An image index or manifest whose bytes were checked against its descriptor before they were read.
public enum ImageDocument: Hashable, Sendable {
    /// A list of documents for different machines.
    case index(ImageIndex)
    /// One image.
    case manifest(ImageManifest)

    /// The longest document that is read whole: what registries accept (distribution, `manifests.go`), 4 MiB.
    public static let maximumSize = ByteCount.mebibytes(4)

    /// What the document is.
    public var descriptor: Descriptor {
        switch self {
        case .index(let index): index.descriptor
        case .manifest(let manifest): manifest.descriptor
        }
    }
}

/// An image index or Docker manifest list (image-spec `image-index.md`).
public struct ImageIndex: Hashable, Sendable {
    /// What the index itself is.
    public let descriptor: Descriptor
    /// Its entries, in the order written, which is the order of preference.
    public let entries: [Descriptor]
}

/// An image manifest, OCI's or Docker's schema 2 (image-spec `manifest.md`).
public struct ImageManifest: Hashable, Sendable {
    /// What the manifest itself is.
    public let descriptor: Descriptor
    /// The image's configuration, or whatever an artefact has in its place.
    public let config: Descriptor
    /// The layers, base first.
    public let layers: [Descriptor]
    /// The kind of artefact, when it is none of the image kinds.
    public let artifactType: String?

    /// Whether it is an image rather than a chart, a signature or another artefact.
    public var isImage: Bool { artifactType == nil && config.mediaType.kind == .config }

    /// Refuses what a container runtime could not run from an archive: artefacts, and layers that are foreign or unknown;
    /// and a configuration too long to be read.
    public func requireImage() throws(OCIError) {
        guard isImage else {
            throw .document(descriptor.digest, .notAnImage(configuration: artifactType ?? config.mediaType.text))
        }
        guard config.size <= ImageDocument.maximumSize else {
            throw .document(config.digest, .tooLarge(config.size, limit: ImageDocument.maximumSize))
        }
        for (position, layer) in layers.enumerated() {
            guard !layer.isForeign, layer.mediaType.kind != .foreignLayer else {
                throw .document(descriptor.digest, .foreignLayer(number: position + 1))
            }
            guard layer.mediaType.kind == .layer else {
                throw .document(descriptor.digest, .layerType(number: position + 1, type: layer.mediaType.text))
            }
        }
    }
}
