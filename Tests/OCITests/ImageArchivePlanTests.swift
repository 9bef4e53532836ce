import LibCrypto
import OCI
import SampleImages
import Testing
import Values

@Suite struct ImageArchivePlanTests {
    private func names(_ plan: ImageArchivePlan) -> [String] { plan.members.map(\.name.text) }

    @Test func `has index and layout in front, then documents, then layers, each blob once`() throws {
        let (a, b) = (SampleImage("a"), SampleImage("b"))
        let images = try [ImageArchivePlan.Image(a.contents("a:1")), .init(b.contents("ghcr.io/x/b:2"))]
        let plan = try ImageArchivePlan(of: images, naming: .tagged)
        let documents = [a.root, b.root, a.config] + a.manifests + b.manifests
        let layers = Set((a.layers + b.layers).map(\.digest.hex)).sorted()
        let sorted = Set(documents.map(\.digest.hex)).sorted()
        #expect(names(plan) == ["index.json", "oci-layout"] + (sorted + layers).map { "blobs/sha256/" + $0 })
        #expect(layers.count == 3)
        #expect(plan == (try ImageArchivePlan(of: images.reversed(), naming: .tagged)))
        #expect(plan.members[1].content == .literal(Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)))
        #expect(plan.size.bytes == plan.members.reduce(0) { $0 + $1.size.bytes })
    }

    @Test func `index.json has these bytes`() throws {
        let image = SampleImage("a")
        let plan = try ImageArchivePlan(of: [.init(image.contents("nginx:1"))], naming: .tagged)
        let name = "docker.io/library/nginx:1"
        let annotations =
            "\"annotations\":{\"io.containerd.image.name\":\"\(name)\",\"org.opencontainers.image.ref.name\":\"\(name)\"}"
        let text = """
            {
              "manifests": [
                {\(annotations),"digest":"\(image.root.digest)","mediaType":"application/vnd.oci.image.index.v1+json",\
            "size":\(image.root.size.bytes)}
              ],
              "mediaType": "application/vnd.oci.image.index.v1+json",
              "schemaVersion": 2
            }

            """
        #expect(plan.members[0].content == .literal(Array(text.utf8)))
    }

    @Test func `names follow the platform that imports them`() throws {
        let image = SampleImage("a")
        let pin = "@\(image.root.digest)"
        let images = try ["a:1", "b\(pin)", "c:2\(pin)"].map { ImageArchivePlan.Image(try image.contents($0)) }
        #expect(
            try ImageArchivePlan(of: images, naming: .tagged).names == [
                "docker.io/library/a:1", "docker.io/library/b:sealift-\(image.root.digest.hex.prefix(12))",
                "docker.io/library/c:2",
            ])
        #expect(
            try ImageArchivePlan(of: images, naming: .taggedAndPinned).names == [
                "docker.io/library/a:1", "docker.io/library/a\(pin)", "docker.io/library/b\(pin)",
                "docker.io/library/c:2", "docker.io/library/c\(pin)",
            ])
    }

    @Test func `one image under two names is stored once`() throws {
        let image = SampleImage("a")
        let plan = try ImageArchivePlan(
            of: [.init(image.contents("a:1"), others: [ImageReference("site.example/a:1")])], naming: .tagged)
        #expect(plan.names == ["docker.io/library/a:1", "site.example/a:1"])
        #expect(plan.members.count == 2 + image.blobs.count)
    }

    @Test func `one name for two images is refused`() throws {
        let (a, b) = (SampleImage("a"), SampleImage("b"))
        #expect(throws: OCIError.nameClash(name: "docker.io/library/a:1", a.root.digest, b.root.digest)) {
            try ImageArchivePlan(of: [.init(a.contents("a:1")), .init(b.contents("a:1"))], naming: .tagged)
        }
    }
}
