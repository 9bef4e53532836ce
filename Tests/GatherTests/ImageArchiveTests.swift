import Definition
import Format
import Gather
import JSON
import LibCrypto
import OCI
import Posix
import Reporting
import SampleImages
import SampleVendor
import Store
import Testing
import Values

typealias File = (name: String, content: [UInt8])

let nameKey = "io.containerd.image.name"
private let tagKey = "org.opencontainers.image.ref.name"

/// A layout of one image as a tar; `leaving` out what is not wanted.
func layout(
    _ image: SampleImage, _ annotations: [String: String], leaving out: Set<SHA256Digest> = []
) -> [File] {
    var names = JSONObject()
    for (key, name) in annotations { names[key] = .string(name) }
    let root = JSONValue.object([
        "annotations": .object(names),
        "digest": .string(image.root.digest.description), "mediaType": .string(image.root.mediaType.text),
        "size": .integer(image.root.size.bytes),
    ])
    let index: JSONValue = ["manifests": [root], "schemaVersion": 2]
    let blobs = image.blobs.filter { !out.contains($0.key) }.sorted { $0.key.hex < $1.key.hex }
    return [("oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)), ("./index.json", index.compact())]
        + blobs.map { ("blobs/sha256/" + $0.key.hex, $0.value) }
}

/// What `docker save` would write of the image for amd64.
func docker(_ image: SampleImage, tags: [String]) -> [File] {
    let layers = image.layers.enumerated().map { index, layer in (name: "\(index)/layer.tar", layer: layer) }
    let entry = JSONValue.object([
        "Config": "config.json", "Layers": .array(layers.map { .string($0.name) }),
        "RepoTags": tags.isEmpty ? .null : .array(tags.map { .string($0) }),
    ])
    return layers.map { ($0.name, image.blobs[$0.layer.digest] ?? []) }
        + [
            ("config.json", image.blobs[image.config.digest] ?? []),
            ("manifest.json", JSONValue.array([entry]).compact()),
        ]
}

extension Workshop {
    fileprivate func images(_ files: [File], _ entry: String) throws -> [PinnedImage] {
        try Files.replace(folder.appending("a.tar"), with: TarBytes.archive(files))
        let definition = try define("images: [\(entry)]\n")
        return try gatherer.images(of: try #require(definition.imageArchives.first))
    }

    fileprivate func fault(_ files: [File], _ entry: String) throws -> ImageArchiveFault {
        do { _ = try images(files, entry) } catch GatherError.imageArchive(_, let fault) { return fault }
        throw Diagnostic("nothing was thrown", exitCode: .internalError)
    }
}

struct ImageArchiveTests {
    private let image = SampleImage("acme/app:1")

    @Test func `a layout keeps the digest of its index, and the manifest for the machine is chosen`() throws {
        let workshop = try Workshop()
        let pinned = try workshop.images(layout(image, [nameKey: "acme/app:1"]), "'oci-archive:a.tar'")
        #expect(pinned.map(\.reference.description) == ["docker.io/acme/app:1"])
        #expect(pinned.map(\.root.digest) == [image.root.digest])
        #expect(pinned.map(\.manifest.digest) == [image.manifests[1].digest])
        for blob in [image.config] + image.layers { #expect(try workshop.store.contains(blob.digest)) }
    }

    @Test func `where manifests of others are left out, the machine's own goes alone`() throws {
        let workshop = try Workshop()
        let out = Set([image.manifests[0].digest, image.manifests[2].digest])
        let pinned = try workshop.images(layout(image, [nameKey: "acme/app:1"], leaving: out), "'oci-archive:a.tar'")
        #expect(pinned.map(\.root.digest) == [image.manifests[1].digest])
    }

    @Test func `a docker archive gets a manifest of ours, the same every time`() throws {
        let workshop = try Workshop()
        let files = docker(image, tags: ["acme/app:1", "acme/app:2"])
        let pinned = try workshop.images(files, "'docker-archive:a.tar'")
        #expect(pinned.map(\.reference.description) == ["docker.io/acme/app:1", "docker.io/acme/app:2"])
        #expect(
            Set(pinned.map(\.root)) == Set(try workshop.images(files.reversed(), "'docker-archive:a.tar'").map(\.root)))
        let bytes = try workshop.store.read(pinned[0].root.digest, limit: .mebibytes(1))
        guard case .manifest(let manifest) = try ImageDocument.read(bytes, as: pinned[0].root) else {
            Issue.record("no manifest")
            return
        }
        #expect(manifest.config.digest == image.config.digest)
        #expect(manifest.layers.map(\.digest) == image.layers.map(\.digest))
    }

    @Test func `a name may be given, to one image or for one of them`() throws {
        let workshop = try Workshop()
        let files = layout(image, [tagKey: "latest"])
        let pinned = try workshop.images(files, "{from: 'oci-archive:a.tar', name: 'ghcr.io/a/b:7'}")
        #expect(pinned.map(\.reference.description) == ["ghcr.io/a/b:7"])
    }

    @Test func `what cannot be taken is told`() throws {
        let workshop = try Workshop()
        let named = [nameKey: "acme/app:1"]
        #expect(try workshop.fault(layout(image, [tagKey: "latest"]), "'oci-archive:a.tar'") == .nameless("latest"))
        #expect(try workshop.fault(layout(image, [:]), "'oci-archive:a.tar'") == .nameless(nil))
        #expect(try workshop.fault(docker(image, tags: []), "'docker-archive:a.tar'") == .nameless(nil))
        #expect(
            try workshop.fault(docker(image, tags: ["a:1"]), "'oci-archive:a.tar'")
                == .form(document: "index.json with oci-layout", other: "docker-archive"))
        #expect(
            try workshop.fault([("x", [1])], "'docker-archive:a.tar'") == .form(document: "manifest.json", other: nil))
        let layer = image.layers[1].digest
        #expect(
            try workshop.fault(layout(image, named, leaving: [layer]), "'oci-archive:a.tar'")
                == .incomplete(image: "docker.io/acme/app:1", blob: "blobs/sha256/" + layer.hex))
        var damaged = layout(image, named)
        damaged[damaged.count - 1].content[0] ^= 1
        guard case .damaged = try workshop.fault(damaged, "'oci-archive:a.tar'") else {
            Issue.record("a damaged blob was taken")
            return
        }
        guard
            case .image(_, .noPlatform(_, let available)) = try workshop.fault(
                layout(image, named), "{from: 'oci-archive:a.tar', platform: linux/arm/v7}")
        else {
            Issue.record("another machine's image was taken")
            return
        }
        #expect(available.contains(Platform(.amd64)))
    }

    @Test func `a file of an image that is not there is told with its name`() throws {
        let workshop = try Workshop()
        let files = docker(image, tags: ["acme/app:1"]).filter { $0.name != "1/layer.tar" }
        #expect(
            try workshop.fault(files, "'docker-archive:a.tar'") == .incomplete(image: "acme/app:1", blob: "1/layer.tar")
        )
    }
}
