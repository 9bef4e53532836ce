import LibCrypto
public import OCI
public import Values

/// An image with an index of arm64, amd64 and an attestation, and every blob that it has for amd64.
public struct SampleImage: Sendable {
    /// The bytes of all documents, and of configuration and layers for amd64.
    public var blobs: [SHA256Digest: [UInt8]] = [:]
    /// The type of each document.
    public var types: [SHA256Digest: MediaType] = [:]
    /// The index.
    public var root: Descriptor
    /// The manifests: arm64, amd64, attestation.
    public var manifests: [Descriptor] = []
    /// The configuration for amd64.
    public var config: Descriptor
    /// The layers for amd64: the first is the same in all samples.
    public var layers: [Descriptor]

    /// - Parameter configured: What the configuration says.
    public init(_ name: String, configured: Platform = Platform(.amd64)) {
        let texts = ["base", "layer of " + name]
        let configBytes = Fixture.config(configured, layers: 2)
        config = Fixture.descriptor(configBytes, Fixture.configType)
        layers = texts.map { Fixture.layer($0) }
        let otherConfig = Fixture.config(Platform(.arm64), layers: 1)
        let documents = [
            Fixture.manifest(
                config: Fixture.descriptor(otherConfig, Fixture.configType),
                layers: [Fixture.layer("arm64 layer of " + name)]),
            Fixture.manifest(config: config, layers: layers),
            Fixture.manifest(
                config: config, layers: [Fixture.descriptor([1], Fixture.type("application/vnd.in-toto+json"))]),
        ]
        let platforms = [Platform(.arm64), Platform(.amd64), Platform(os: "unknown", architecture: "unknown")]
        manifests = zip(documents, platforms).map { Fixture.descriptor($0, .manifest, $1) }
        let index = Fixture.index(manifests)
        root = Fixture.descriptor(index, .index)
        for bytes in documents + [configBytes] + texts.map({ Array($0.utf8) }) { blobs[.of(bytes)] = bytes }
        for document in documents { types[.of(document)] = .manifest }
        add(index, .index)
    }

    /// An image that is just one document, `root`, beside the blobs of a sample.
    public init(root document: [UInt8], _ type: MediaType) {
        self.init("a")
        add(document, type)
        root = Fixture.descriptor(document, type)
    }

    /// Adds a document.
    public mutating func add(_ document: [UInt8], _ type: MediaType) {
        blobs[.of(document)] = document
        types[.of(document)] = type
    }

    /// The pin of its amd64 image under a name.
    public func pinned(_ name: String) throws -> PinnedImage {
        PinnedImage(
            reference: try ImageReference(name), root: root, manifest: manifests[1], platform: Platform(.amd64), size: 0
        )
    }

    /// Its contents under a name.
    public func contents(_ name: String) throws -> ImageContents {
        try ImageContents(of: pinned(name)) { blobs[$0.digest] ?? [] }
    }
}
