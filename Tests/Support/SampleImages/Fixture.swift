public import JSON
import LibCrypto
public import OCI
import Values

/// Makes documents as a registry stores them, with the descriptors that are right for them.
public enum Fixture {
    /// An OCI image configuration.
    public static let configType = type("application/vnd.oci.image.config.v1+json")
    /// An OCI layer, gzipped.
    public static let layerType = type("application/vnd.oci.image.layer.v1.tar+gzip")

    /// A media type that is known to be one.
    public static func type(_ text: String) -> MediaType {
        guard let type = MediaType(text) else { fatalError("\(text) is no media type") }
        return type
    }

    /// The descriptor that is right for `bytes`.
    public static func descriptor(_ bytes: [UInt8], _ type: MediaType, _ platform: Platform? = nil) -> Descriptor {
        Descriptor(mediaType: type, digest: .of(bytes), size: ByteCount(bytes.count), platform: platform)
    }

    /// The descriptor of a layer whose bytes are `text`.
    public static func layer(_ text: String) -> Descriptor { descriptor(Array(text.utf8), layerType) }

    /// A descriptor as it stands in documents.
    public static func json(_ descriptor: Descriptor) -> JSONValue {
        var object: JSONObject = [
            "mediaType": .string(descriptor.mediaType.text), "digest": .string(descriptor.digest.description),
            "size": .integer(descriptor.size.bytes),
        ]
        if let platform = descriptor.platform {
            object["platform"] = ["os": .string(platform.os), "architecture": .string(platform.architecture)]
        }
        return .object(object)
    }

    /// A configuration that says `platform` and lists so many layers.
    public static func config(_ platform: Platform, layers: Int) -> [UInt8] {
        let diffIDs = (0..<layers).map { JSONValue.string(SHA256Digest.of([UInt8($0)]).description) }
        let value: JSONValue = [
            "architecture": .string(platform.architecture), "os": .string(platform.os),
            "created": "2026-01-01T00:00:00Z", "rootfs": ["type": "layers", "diff_ids": .array(diffIDs)],
        ]
        return value.compact()
    }

    /// A manifest, after `edit` had its way with it.
    public static func manifest(
        config: Descriptor, layers: [Descriptor], _ edit: (inout JSONObject) -> Void = { _ in }
    ) -> [UInt8] {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(MediaType.manifest.text), "config": json(config),
            "layers": .array(layers.map(json)),
        ]
        edit(&object)
        return JSONValue.object(object).compact()
    }

    /// An index, after `edit` had its way with it.
    public static func index(_ entries: [Descriptor], _ edit: (inout JSONObject) -> Void = { _ in }) -> [UInt8] {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(MediaType.index.text), "manifests": .array(entries.map(json)),
        ]
        edit(&object)
        return JSONValue.object(object).compact()
    }
}
