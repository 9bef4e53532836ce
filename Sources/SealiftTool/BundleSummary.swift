import Format
import JSON
import Values
import Verify

/// What a bundle is, in a few members.
enum BundleSummary {
    static func json(of bundle: VerifiedBundle) -> JSONValue {
        let manifest = bundle.manifest
        return [
            "name": .string(manifest.name.description), "version": .string(manifest.version.description),
            "sequence": .integer(manifest.sequence), "created": .string(manifest.created.description),
            "expires": manifest.expires.map { .string($0.description) } ?? .null,
            "sha256": .string(bundle.rootDigest.hex), "payloadBytes": .integer(bundle.payloadSize.bytes),
            "target": [
                "profile": .string(manifest.target.profile), "version": .string(manifest.target.version.text),
                "os": .string(manifest.target.os.rawValue), "arch": .string(manifest.target.architecture.rawValue),
            ],
        ]
    }
}
