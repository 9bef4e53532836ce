import JSON
import LibCrypto
import OCI
import SampleImages
import Testing
import Values

@Suite struct ImageDocumentTests {
    private let config = Fixture.descriptor(Fixture.config(Platform(.amd64), layers: 1), Fixture.configType)
    private let layers = [Fixture.layer("a")]

    /// Reads `bytes` as the document that they are, promised as `type`, and gives what is wrong.
    private func fault(_ bytes: [UInt8], as type: MediaType) -> DocumentFault? {
        let descriptor = Fixture.descriptor(bytes, type)
        do {
            _ = try ImageDocument.read(bytes, as: descriptor)
            return nil
        } catch {
            guard case .document(descriptor.digest, let fault) = error else { return nil }
            return fault
        }
    }

    @Test func `reads a manifest and an index`() throws {
        let manifest = Fixture.manifest(config: config, layers: layers)
        let descriptor = Fixture.descriptor(manifest, .manifest, Platform(.amd64))
        guard case .manifest(let read) = try ImageDocument.read(manifest, as: descriptor) else {
            Issue.record("not a manifest")
            return
        }
        #expect(read.config == config)
        #expect(read.layers == layers)
        let index = Fixture.index([descriptor])
        guard case .index(let list) = try ImageDocument.read(index, as: Fixture.descriptor(index, .index)) else {
            Issue.record("not an index")
            return
        }
        #expect(list.entries == [descriptor])
    }

    @Test func `wrong bytes are refused before they are parsed, size first`() {
        let bytes = Array("not json".utf8)
        let right = Fixture.descriptor(bytes, .manifest)
        let longer = Descriptor(mediaType: .manifest, digest: right.digest, size: 9)
        #expect(throws: OCIError.document(right.digest, .size(expected: 9, found: 8))) {
            try ImageDocument.read(bytes, as: longer)
        }
        let other = Fixture.descriptor(Array("also no json".utf8.prefix(8)), .manifest)
        #expect(throws: OCIError.document(other.digest, .digest(found: right.digest))) {
            try ImageDocument.read(bytes, as: other)
        }
    }

    @Test func `a document of 4 MiB and one byte is refused by its descriptor`() {
        let huge = Descriptor(
            mediaType: .manifest, digest: .of([]), size: ByteCount(ImageDocument.maximumSize.bytes + 1))
        #expect(throws: OCIError.document(huge.digest, .tooLarge(huge.size, limit: .mebibytes(4)))) {
            try ImageDocument.read([], as: huge)
        }
    }

    @Test func `documents that could be read two ways are refused`() {
        let both = Fixture.manifest(config: config, layers: layers) { $0["manifests"] = [] }
        #expect(fault(both, as: .manifest) == .ambiguous(["manifests", "config", "layers"]))
        #expect(fault(both, as: .index) == .ambiguous(["manifests", "config", "layers"]))
        let index = Fixture.index([]) { $0["config"] = .null }
        #expect(fault(index, as: .index) == .ambiguous(["manifests", "config"]))
        let old = Fixture.manifest(config: config, layers: layers) { $0["fsLayers"] = [] }
        #expect(fault(old, as: .manifest) == .schema1)
        #expect(fault(Array("{\"schemaVersion\":2}".utf8), as: .manifest) == .neither)
    }

    @Test func `the document must be of the promised type`() {
        let manifest = Fixture.manifest(config: config, layers: layers)
        #expect(
            fault(manifest, as: .dockerManifest)
                == .mediaType(promised: MediaType.dockerManifest.text, found: MediaType.manifest.text))
        let silent = Fixture.manifest(config: config, layers: layers) { $0["mediaType"] = nil }
        #expect(fault(silent, as: .manifest) == nil)
        #expect(fault(silent, as: .dockerManifest) == nil)
        #expect(fault(silent, as: .index) == .mediaType(promised: MediaType.index.text, found: "a manifest"))
        let list = Fixture.index([]) { $0["mediaType"] = nil }
        #expect(fault(list, as: .manifest) == .mediaType(promised: MediaType.manifest.text, found: "an index"))
    }

    @Test(arguments: [(1, DocumentFault.schema1), (3, .schemaVersion(3))])
    func `other schema versions are refused`(version: Int, wanted: DocumentFault) {
        let bytes = Fixture.manifest(config: config, layers: layers) { $0["schemaVersion"] = .integer(version) }
        #expect(fault(bytes, as: .manifest) == wanted)
    }

    @Test(arguments: [
        ("SHA256:" + String(repeating: "a", count: 64), DigestRefusal.algorithm("SHA256")),
        ("sha256:" + String(repeating: "A", count: 64), .notLowerCaseHex),
        ("sha256:" + String(repeating: "a", count: 63), .length(63)),
        ("sha256:../../x", .length(7)),
        ("sha512:" + String(repeating: "a", count: 128), .algorithm("sha512")),
        ("blake3:" + String(repeating: "a", count: 64), .algorithm("blake3")),
        ("", .malformed),
    ])
    func `odd digests are refused`(text: String, refusal: DigestRefusal) {
        let bytes = Fixture.manifest(config: config, layers: layers) {
            $0["config"] = ["mediaType": "a/b", "digest": .string(text), "size": 1]
        }
        #expect(fault(bytes, as: .manifest) == .digestText(path: "$.config.digest", text: text, refusal))
    }

    @Test(arguments: ["-1", "1.5", "1099511627777", "9223372036854775808", "\"1\""])
    func `odd sizes are refused`(size: String) {
        let json =
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":\"\(config.digest)\",\"size\":\(size)}]}"
        guard case .json? = fault(Array(json.utf8), as: .index) else {
            Issue.record("accepted size \(size)")
            return
        }
    }

    @Test func `embedded data must be the content`() {
        let bytes = Array("{}".utf8)
        let empty = Fixture.descriptor(bytes, Fixture.type("application/vnd.oci.empty.v1+json"))
        for (data, wanted) in [
            ("e30=", nil), ("e31=", DocumentFault.dataMismatch(path: "$.config.data")),
            ("e30", .dataMismatch(path: "$.config.data")), ("e30K", .dataMismatch(path: "$.config.data")),
        ] {
            let manifest = Fixture.manifest(config: empty, layers: []) { object in
                guard case .object(var config)? = object["config"] else { return }
                config["data"] = .string(data)
                object["config"] = .object(config)
            }
            #expect(fault(manifest, as: .manifest) == wanted)
        }
    }

    @Test func `nesting, repeated keys and surplus text are refused`() {
        let deep = "{\"schemaVersion\":2,\"manifests\":" + String(repeating: "[", count: 10_000)
        let twice = "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}"
        for text in [deep, twice, "{\"schemaVersion\":2,\"manifests\":[]}{}", "[]", "<html>", ""] {
            guard case .json? = fault(Array(text.utf8), as: .index) else {
                Issue.record("accepted \(text.prefix(60))")
                continue
            }
        }
    }

    @Test func `100 000 entries are refused by their number`() {
        let entry = "{\"mediaType\":\"a/b\",\"digest\":\"\(config.digest)\",\"size\":1}"
        let entries = Array(repeating: entry, count: 4_097).joined(separator: ",")
        let text = "{\"schemaVersion\":2,\"manifests\":[\(entries)]}"
        #expect(fault(Array(text.utf8), as: .index) == .tooManyEntries(4_097, path: "$.manifests"))
    }

    @Test func `layers that cannot travel are refused in words`() throws {
        let foreign = Fixture.descriptor([1], Fixture.type("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"))
        let odd = Fixture.descriptor([2], Fixture.type("application/vnd.oci.image.layer.v1.tar+encrypted"))
        let chart = Fixture.descriptor([3], Fixture.type("application/vnd.cncf.helm.config.v1+json"))
        let cases: [([UInt8], DocumentFault)] = [
            (Fixture.manifest(config: config, layers: layers + [foreign]), .foreignLayer(number: 2)),
            (Fixture.manifest(config: config, layers: [odd]), .layerType(number: 1, type: odd.mediaType.text)),
            (Fixture.manifest(config: chart, layers: layers), .notAnImage(configuration: chart.mediaType.text)),
            (
                Fixture.manifest(config: config, layers: layers) { $0["artifactType"] = "a/b" },
                .notAnImage(configuration: "a/b")
            ),
            (
                Fixture.manifest(config: config, layers: []) {
                    $0["layers"] = [
                        [
                            "mediaType": .string(Fixture.layerType.text),
                            "digest": .string(layers[0].digest.description), "size": 1,
                            "urls": ["https://elsewhere.example/layer"],
                        ]
                    ]
                }, .foreignLayer(number: 1)
            ),
        ]
        for (bytes, wanted) in cases {
            guard case .manifest(let manifest) = try ImageDocument.read(bytes, as: Fixture.descriptor(bytes, .manifest))
            else {
                Issue.record("not a manifest")
                continue
            }
            #expect(throws: OCIError.document(manifest.descriptor.digest, wanted)) { try manifest.requireImage() }
        }
    }

    @Test func `describes what a tag delivered`() throws {
        let bytes = Fixture.manifest(config: config, layers: layers)
        let described = try ImageDocument.describe(bytes, contentType: MediaType.manifest.text + "; charset=utf-8")
        #expect(described == Fixture.descriptor(bytes, .manifest))
        #expect(try ImageDocument.describe(bytes, contentType: nil) == described)
        #expect(throws: OCIError.document(.of(bytes), .schema1)) {
            try ImageDocument.describe(bytes, contentType: "application/vnd.docker.distribution.manifest.v1+prettyjws")
        }
    }
}

@Suite struct ImageConfigurationTests {
    private func manifest(_ config: [UInt8], layers: Int) throws -> ImageManifest {
        let bytes = Fixture.manifest(
            config: Fixture.descriptor(config, Fixture.configType), layers: (0..<layers).map { Fixture.layer("\($0)") })
        guard case .manifest(let manifest) = try ImageDocument.read(bytes, as: Fixture.descriptor(bytes, .manifest))
        else {
            fatalError("a manifest is a manifest")
        }
        return manifest
    }

    @Test func `reads platform and layers`() throws {
        let bytes = Fixture.config(Platform(.arm64), layers: 2)
        let configuration = try ImageConfiguration(bytes, of: manifest(bytes, layers: 2))
        #expect(configuration.platform == Platform(.arm64))
        #expect(configuration.diffIDs.count == 2)
    }

    @Test func `counts layers and checks the bytes first`() throws {
        let bytes = Fixture.config(Platform(.arm64), layers: 2)
        #expect(throws: OCIError.document(.of(bytes), .layerCount(manifest: 1, configuration: 2))) {
            try ImageConfiguration(bytes, of: manifest(bytes, layers: 1))
        }
        let other = Fixture.config(Platform(.amd64), layers: 2)
        #expect(throws: OCIError.document(.of(bytes), .digest(found: .of(other)))) {
            try ImageConfiguration(other, of: manifest(bytes, layers: 2))
        }
    }

    @Test func `an image without layers may say null`() throws {
        let bytes = Array("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}".utf8)
        let configuration = try ImageConfiguration(bytes, of: manifest(bytes, layers: 0))
        #expect(configuration.platform.isEmpty)
    }
}
