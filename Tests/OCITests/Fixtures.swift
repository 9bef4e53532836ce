import JSON
import LibCrypto
import OCI
import Values

/// Documents as a registry stores them, with the descriptors that are right for them.
enum Fixture {
    static let base: JSONObject = ["schemaVersion": 2]

    static func descriptor(_ bytes: [UInt8], _ type: MediaType, _ platform: Platform? = nil) -> Descriptor {
        Descriptor(mediaType: type, digest: .of(bytes), size: ByteCount(bytes.count), platform: platform)
    }

    static func json(_ descriptor: Descriptor) -> JSONValue {
        var object: JSONObject = [
            "mediaType": .string(descriptor.mediaType.text), "digest": .string(descriptor.digest.description),
            "size": .integer(descriptor.size.bytes),
        ]
        if let platform = descriptor.platform {
            object["platform"] = ["os": .string(platform.os), "architecture": .string(platform.architecture)]
        }
        return .object(object)
    }

    static let configType = type("application/vnd.oci.image.config.v1+json")
    static let layerType = type("application/vnd.oci.image.layer.v1.tar+gzip")

    static func type(_ text: String) -> MediaType {
        guard let type = MediaType(text) else { fatalError("\(text) is no media type") }
        return type
    }

    static func layer(_ text: String) -> Descriptor { descriptor(Array(text.utf8), layerType) }

    static func config(_ platform: Platform, layers: Int) -> [UInt8] {
        let diffIDs = (0..<layers).map { JSONValue.string(SHA256Digest.of([UInt8($0)]).description) }
        let value: JSONValue = [
            "architecture": .string(platform.architecture), "os": .string(platform.os),
            "created": "2026-01-01T00:00:00Z",
            "rootfs": ["type": "layers", "diff_ids": .array(diffIDs)],
        ]
        return value.compact()
    }

    static func manifest(config: Descriptor, layers: [Descriptor], _ edit: (inout JSONObject) -> Void = { _ in })
        -> [UInt8]
    {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(MediaType.manifest.text), "config": json(config),
            "layers": .array(layers.map(json)),
        ]
        edit(&object)
        return JSONValue.object(object).compact()
    }

    static func index(_ entries: [Descriptor], _ edit: (inout JSONObject) -> Void = { _ in }) -> [UInt8] {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(MediaType.index.text), "manifests": .array(entries.map(json)),
        ]
        edit(&object)
        return JSONValue.object(object).compact()
    }
}

/// An image with an index of amd64, arm64 and an attestation, and every blob it has.
struct SampleImage {
    var blobs: [SHA256Digest: [UInt8]] = [:]
    var root: Descriptor
    var manifests: [Descriptor] = []
    var config: Descriptor
    var layers: [Descriptor]

    init(_ name: String, configured: Platform = Platform(.amd64)) {
        let layers = [Fixture.layer("base"), Fixture.layer(name)]
        let configBytes = Fixture.config(configured, layers: 2)
        let config = Fixture.descriptor(configBytes, Fixture.configType)
        let amd64 = Fixture.manifest(config: config, layers: layers)
        let foreign = Fixture.config(Platform(.arm64), layers: 1)
        let arm64 = Fixture.manifest(
            config: Fixture.descriptor(foreign, Fixture.configType), layers: [Fixture.layer(name + " arm64")])
        let attestation = Fixture.manifest(
            config: config, layers: [Fixture.descriptor([1], Fixture.type("application/vnd.in-toto+json"))])
        let manifests = [
            Fixture.descriptor(arm64, .manifest, Platform(.arm64)),
            Fixture.descriptor(amd64, .manifest, Platform(.amd64)),
            Fixture.descriptor(attestation, .manifest, Platform(os: "unknown", architecture: "unknown")),
        ]
        let index = Fixture.index(manifests)
        (self.config, self.layers, self.manifests) = (config, layers, manifests)
        root = Fixture.descriptor(index, .index)
        for bytes in [index, amd64, arm64, attestation, configBytes] { blobs[.of(bytes)] = bytes }
    }

    func pinned(_ name: String) throws -> PinnedImage {
        PinnedImage(
            reference: try ImageReference(name), root: root, manifest: manifests[1], platform: Platform(.amd64), size: 0
        )
    }

    func contents(_ name: String) throws -> ImageContents {
        try ImageContents(of: pinned(name)) { blobs[$0.digest] ?? [] }
    }
}
