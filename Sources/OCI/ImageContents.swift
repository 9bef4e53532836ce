public import Values

/// Every blob of one image that travels: all documents, and configuration and layers for one machine.
///
/// That is the shape which containerd, K3s, k0s and MicroK8s import in all their modes: the original index keeps its
/// digest, each manifest that it names is present, and layers for other machines are not.
public struct ImageContents: Hashable, Sendable {
    /// The image.
    public let image: PinnedImage
    /// The index, nested indexes and all manifests in them, attestations among them; the root is first.
    public let documents: [Descriptor]
    /// The configuration of the chosen manifest.
    public let config: Descriptor
    /// The layers of the chosen manifest, base first.
    public let layers: [Descriptor]
    /// What the configuration says about the machine.
    public let configured: Platform
    /// What its makers say of it.
    public let labels: ImageLabels

    /// Gathers the contents of `image` and checks every document and the configuration on the way.
    ///
    /// - Parameter read: Gives the bytes of a document or configuration, from a store or over the network. What it
    ///   throws is passed on.
    /// - Throws: ``OCIError``.
    public init(of image: PinnedImage, read: (Descriptor) throws -> [UInt8]) throws {
        var graph = ImageGraph(root: image.root)
        while let next = graph.wanted.first { try graph.add(read(next), for: next) }
        try self.init(of: image, graph: graph, read: read)
    }

    /// Gathers the contents of `image` from a complete `graph`; only the configuration is still read.
    public init(of image: PinnedImage, graph: ImageGraph, read: (Descriptor) throws -> [UInt8]) throws {
        guard case .manifest(let manifest)? = graph[image.manifest.digest] else {
            throw OCIError.notInIndex(manifest: image.manifest.digest, root: image.root.digest)
        }
        try manifest.requireImage()
        let configuration = try ImageConfiguration(read(manifest.config), of: manifest)
        self.image = image
        documents = graph.descriptors
        config = manifest.config
        layers = manifest.layers
        configured = configuration.platform
        labels = configuration.labels
    }

    /// All blobs, each once: documents, configuration, layers.
    public var blobs: [Descriptor] {
        var seen: Set<SHA256Digest> = []
        return (documents + [config] + layers).filter { seen.insert($0.digest).inserted }
    }

    /// The length of all blobs, each counted once.
    public var size: ByteCount { blobs.reduce(0) { $0 + $1.size } }

    /// What the configuration says, when that is another machine than the image was chosen for.
    ///
    /// A warning, not an error: some images carry the wrong architecture in their configuration and run (k3s#2198).
    public var contradiction: Platform? {
        configured.isEmpty || image.platform.accepts(configured) ? nil : configured
    }
}
