import Fetch
import JSON
import LibCrypto
import LoopbackServer
import OCI
import Reporting
import SampleImages
import Testing
import Values

@testable import Registry

/// Documents that a hostile or broken registry serves.
enum DocumentScenarios {
    private static let sample = SampleImage("a")
    private static let digest = String(repeating: "a", count: 64)

    /// An index with one entry whose digest is `text`.
    private static func index(digest text: String) -> [UInt8] {
        Fixture.index([]) {
            $0["manifests"] = [["mediaType": .string(MediaType.manifest.text), "digest": .string(text), "size": 10]]
        }
    }

    private static func layers(_ layers: JSONValue) -> [UInt8] {
        Fixture.manifest(config: sample.config, layers: []) { $0["layers"] = layers }
    }

    /// `levels` indexes around the sample's amd64 manifest.
    private static func nested(_ levels: Int) -> SampleImage {
        var image = sample
        image.root = sample.manifests[1]
        for _ in 0..<levels {
            let index = Fixture.index([image.root])
            image.add(index, .index)
            image.root = Fixture.descriptor(index, .index)
        }
        return image
    }

    static let all: [Scenario] = bytes + kinds + digests + platforms

    /// What arrives is not what was promised.
    private static let bytes: [Scenario] = [
        Scenario("all is well") { trouble, world in
            trouble == nil && world.warnings.all.isEmpty
        },
        Scenario("the manifest's bytes are others, of the right size") { request, good in
            guard request.isManifest, request.method == "GET", request.isAbout(good.image.root.digest) else {
                return nil
            }
            let bytes = good.image.blobs[good.image.root.digest] ?? []
            return HTTPReply(200, bytes.reversed(), headers: [("Content-Type", MediaType.index.text)])
        } expects: { trouble, world in
            if case .otherDigest(world.image.root.digest, _)? = trouble { true } else { false }
        },
        Scenario("a layer's bytes are others, of the right size") { request, good in
            guard request.isAbout(good.image.layers[1].digest) else { return nil }
            return HTTPReply(200, [UInt8](repeating: 1, count: good.image.layers[1].size.bytes))
        } expects: { trouble, _ in
            if case .fetch(.otherContent)? = trouble { true } else { false }
        },
        Scenario("a layer has the right digest and another size") { request, good in
            guard request.isAbout(good.image.layers[1].digest) else { return nil }
            return HTTPReply(200, [UInt8](repeating: 1, count: good.image.layers[1].size.bytes + 1))
        } expects: { trouble, _ in
            if case .fetch(.otherSize)? = trouble { true } else { false }
        },
        Scenario("a layer is shorter than its Content-Length, each time") { request, good in
            guard request.isAbout(good.image.layers[1].digest) else { return nil }
            return good.answer(request).with { $0.cutAfter = 0 }
        } expects: { trouble, _ in
            if case .fetch(.connection(_, .cut, _))? = trouble { true } else { false }
        },
        Scenario("a layer without end") { request, good in
            request.isAbout(good.image.layers[1].digest) ? .endless : nil
        } expects: { trouble, _ in
            if case .fetch(.tooLarge)? = trouble { true } else { false }
        },
        Scenario("a manifest without end") { request, _ in
            request.isManifest && request.method == "GET" ? .endless : nil
        } expects: { trouble, _ in
            if case .fetch(.tooLarge(_, .mebibytes(4)))? = trouble { true } else { false }
        },
        Scenario("a manifest of 4 MiB and one byte") { request, _ in
            guard request.isManifest else { return nil }
            return HTTPReply(200, [UInt8](repeating: 0x20, count: 4 << 20 | 1))
        } expects: { trouble, _ in
            if case .fetch(.tooLarge(_, .mebibytes(4)))? = trouble { true } else { false }
        },
        Scenario("a manifest is shorter than its Content-Length, each time") { request, good in
            guard request.isManifest, request.method == "GET" else { return nil }
            return good.answer(request).with { $0.cutAfter = 10 }
        } expects: { trouble, _ in
            if case .fetch(.connection(_, .cut, _))? = trouble { true } else { false }
        },
        Scenario("a layer packed by a proxy") { request, good in
            guard request.isAbout(good.image.layers[1].digest) else { return nil }
            return good.answer(request).with { $0.headers.append(("Content-Encoding", "gzip")) }
        } expects: { trouble, _ in
            if case .fetch(.encoded(_, "gzip"))? = trouble { true } else { false }
        },
        Scenario("a configuration with other bytes") { request, good in
            guard request.isAbout(good.image.config.digest) else { return nil }
            return HTTPReply(200, [UInt8](repeating: 0x7B, count: good.image.config.size.bytes))
        } expects: { trouble, _ in
            if case .fetch(.otherContent)? = trouble { true } else { false }
        },
        Scenario("an index that names itself") {
            var image = sample
            let liar = Descriptor(mediaType: .index, digest: .of([9]), size: sample.root.size)
            let index = Fixture.index([liar])
            image.add(index, .index)
            image.root = Fixture.descriptor(index, .index)
            return image
        } rule: { request, good in
            guard request.isManifest, request.isAbout(.of([9])) else { return nil }
            return HTTPReply(200, good.image.blobs[good.image.root.digest] ?? [])
        } expects: { trouble, _ in
            if case .fetch(.otherSize)? = trouble { true } else { false }
        },
    ]

    /// Documents of the wrong kind.
    private static let kinds: [Scenario] = [
        .document(
            "members of an index and of a manifest",
            Fixture.manifest(config: sample.config, layers: sample.layers) { $0["manifests"] = [] },
            is: .ambiguous(["manifests", "config", "layers"])),
        .document(
            "an index in a manifest's clothes", Fixture.index([]) { $0["mediaType"] = nil }, .manifest,
            is: .mediaType(promised: MediaType.manifest.text, found: "an index")),
        .document(
            "another type inside than outside", Fixture.manifest(config: sample.config, layers: sample.layers),
            .dockerManifest, is: .mediaType(promised: MediaType.dockerManifest.text, found: MediaType.manifest.text)),
        .document(
            "schema 1 by its members", Fixture.manifest(config: sample.config, layers: []) { $0["fsLayers"] = [] },
            is: .schema1),
        .document(
            "schema 1 by its version", Fixture.manifest(config: sample.config, layers: []) { $0["schemaVersion"] = 1 },
            is: .schema1),
        Scenario("schema 1 by its type") { request, good in
            guard request.isManifest else { return nil }
            let type = "application/vnd.docker.distribution.manifest.v1+prettyjws"
            return HTTPReply(
                200, good.image.blobs[good.image.root.digest] ?? [], headers: [("Content-Type", type)])
        } expects: { trouble, world in
            trouble == .document(.document(world.image.root.digest, .schema1))
        },
        Scenario("HTML instead of a manifest") { request, _ in
            request.isManifest ? HTTPReply(200, "<html>", headers: [("Content-Type", "text/html")]) : nil
        } expects: { trouble, _ in
            if case .document(.document(_, .json))? = trouble { true } else { false }
        },
        .document(
            "nesting 10 000 deep",
            Array((#"{"schemaVersion":2,"manifests":"# + String(repeating: "[", count: 10_000)).utf8), .index, is: deep),
        .document(
            "4 097 entries",
            Fixture.index([]) { $0["manifests"] = .array(Array(repeating: Fixture.json(sample.config), count: 4_097)) },
            .index, is: .tooManyEntries(4_097, path: "$.manifests")),
        .document(
            "100 000 entries", Fixture.index([]) { $0["manifests"] = .array(Array(repeating: [:], count: 100_000)) },
            .index,
            is: .tooManyEntries(100_000, path: "$.manifests")),
        Scenario("indexes five levels deep", image: nested(5)) { trouble, _ in
            if case .document(.tooDeep)? = trouble { true } else { false }
        },
        Scenario("indexes four levels deep", image: nested(4)) { trouble, _ in trouble == nil },
        .document(
            "a chart",
            Fixture.manifest(
                config: Fixture.descriptor([1], Fixture.type("application/vnd.cncf.helm.config.v1+json")), layers: []),
            is: .notAnImage(configuration: "application/vnd.cncf.helm.config.v1+json")),
        .document(
            "a foreign layer by its type",
            layers([
                Fixture.json(
                    Fixture.descriptor([1], Fixture.type("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")))
            ]), is: .foreignLayer(number: 1)),
        .document(
            "a foreign layer by its urls",
            layers([
                [
                    "mediaType": .string(Fixture.layerType.text), "digest": "sha256:\(digest)", "size": 1,
                    "urls": ["http://169.254.169.254/"],
                ]
            ]), is: .foreignLayer(number: 1)),
        .document(
            "an encrypted layer",
            layers([
                Fixture.json(Fixture.descriptor([1], Fixture.type("application/vnd.oci.image.layer.v1.tar+encrypted")))
            ]),
            is: .layerType(number: 1, type: "application/vnd.oci.image.layer.v1.tar+encrypted")),
        .document(
            "embedded data that is not the content",
            Fixture.manifest(config: sample.config, layers: []) {
                $0["config"] = [
                    "mediaType": .string(Fixture.configType.text), "digest": "sha256:\(digest)", "size": 2,
                    "data": "e30=",
                ]
            }, is: .dataMismatch(path: "$.config.data")),
        Scenario("a configuration for three layers of two") {
            var image = sample
            let config = Fixture.config(Platform(.amd64), layers: 3)
            image.blobs[.of(config)] = config
            image.config = Fixture.descriptor(config, Fixture.configType)
            let manifest = Fixture.manifest(config: image.config, layers: sample.layers)
            image.add(manifest, .manifest)
            image.root = Fixture.descriptor(manifest, .manifest)
            return image
        } expects: { trouble, world in
            trouble == .document(.document(world.image.config.digest, .layerCount(manifest: 2, configuration: 3)))
        },
        Scenario("a configuration of 4 MiB and one byte") {
            let config = Descriptor(mediaType: Fixture.configType, digest: .of([]), size: ByteCount(4 << 20 | 1))
            return SampleImage(root: Fixture.manifest(config: config, layers: []), .manifest)
        } expects: { trouble, _ in
            trouble == .document(.document(.of([]), .tooLarge(ByteCount(4 << 20 | 1), limit: .mebibytes(4))))
        },
    ]

    private static let deep = DocumentFault.json(
        .text(
            .tooDeep(limit: 64),
            at: JSONPosition(line: 1, column: 95, offset: 94, path: "$.manifests" + String(repeating: "[0]", count: 63))
        ))

    /// Digests that are none of ours.
    private static let digests: [Scenario] = [
        ("SHA256:" + digest, DigestRefusal.algorithm("SHA256")),
        ("sha256:" + digest.uppercased(), .notLowerCaseHex), ("sha256:abc", .length(3)),
        ("sha256:../../x", .length(7)), ("sha512:" + digest + digest, .algorithm("sha512")),
        ("blake3:" + digest, .algorithm("blake3")),
    ].map { text, refusal in
        .document(
            "the digest \(text.prefix(20))", index(digest: text), .index,
            is: .digestText(path: "$.manifests[0].digest", text: text, refusal))
    }

    /// What is there is for somebody else.
    private static let platforms: [Scenario] = [
        Scenario("no image for the platform", platform: Platform(os: "linux", architecture: "s390x")) { trouble, _ in
            trouble
                == .document(
                    .noPlatform(
                        wanted: Platform(os: "linux", architecture: "s390x"),
                        available: [Platform(.arm64), Platform(.amd64)]))
        },
        Scenario("a single image for another platform") {
            var image = sample
            let config = Fixture.config(Platform(.arm64), layers: 0)
            image.blobs[.of(config)] = config
            let manifest = Fixture.manifest(config: Fixture.descriptor(config, Fixture.configType), layers: [])
            image.add(manifest, .manifest)
            image.root = Fixture.descriptor(manifest, .manifest)
            return image
        } expects: { trouble, _ in
            trouble == .document(.noPlatform(wanted: Platform(.amd64), available: [Platform(.arm64)]))
        },
        Scenario(
            "a configuration that contradicts the index", image: SampleImage("a", configured: Platform(.arm64))
        ) { trouble, world in
            trouble == nil && world.warnings.all.map(\.severity) == [.warning]
        },
        Scenario("an index without platforms") {
            var image = sample
            let entries = sample.manifests[..<2].map {
                Descriptor(mediaType: $0.mediaType, digest: $0.digest, size: $0.size)
            }
            let config = Fixture.config(Platform(.arm64), layers: 1)
            image.blobs[.of(config)] = config
            let index = Fixture.index(entries)
            image.add(index, .index)
            image.root = Fixture.descriptor(index, .index)
            return image
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("the tag is not there") { request, _ in
            request.isManifest ? GoodRegistry.unknown("MANIFEST_UNKNOWN") : nil
        } expects: { trouble, _ in
            trouble == .notFound(tags: ["1", "1.1", "0.9", "latest"])
        },
        Scenario("the manifest of another platform is not there") { request, good in
            request.isAbout(good.image.manifests[0].digest) ? GoodRegistry.unknown("MANIFEST_UNKNOWN") : nil
        } expects: { trouble, world in
            trouble == .incomplete(world.image.manifests[0])
        },
        Scenario("a layer is not there") { request, good in
            request.isAbout(good.image.layers[0].digest) ? GoodRegistry.unknown("BLOB_UNKNOWN") : nil
        } expects: { trouble, world in
            trouble == .incomplete(world.image.layers[0])
        },
    ]
}

extension Scenario {
    /// A scenario whose image takes some making.
    init(
        _ name: String, image: () -> SampleImage, rule: @escaping World.Rule = { _, _ in nil },
        expects: @escaping @Sendable (ImageTrouble?, World) -> Bool
    ) {
        self.init(name, image: image(), rule: rule, expects: expects)
    }
}
