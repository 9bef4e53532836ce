import Fetch
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import SampleImages
import Store
import Testing
import Values

@testable import Registry

/// What a good registry is asked, and how often.
@Suite struct RegistryClientTests {
    private func reference(_ world: World, _ rest: String = ":1") throws -> ImageReference {
        try ImageReference("127.0.0.1:\(world.registry.port)/team/app" + rest)
    }

    private func asked(_ world: World, since count: Int = 0) -> [String] {
        world.registry.requests[count...].map {
            "\($0.method) \($0.path.split(separator: "/").suffix(2).joined(separator: "/"))"
        }
    }

    @Test func `the pin says what travels, and pulling brings exactly that`() throws {
        let world = try World()
        let pinned = try world.client().resolve(reference(world), for: Platform(.amd64))
        #expect(pinned.root == world.image.root)
        #expect(pinned.manifest.digest == world.image.manifests[1].digest)
        #expect(pinned.platform == Platform(.amd64))
        let contents = try world.client().pull([pinned])[0]
        #expect(contents.size == pinned.size)
        #expect(Set(contents.blobs.map(\.digest)) == Set(world.image.blobs.keys))
        for blob in contents.blobs {
            #expect(try world.store.read(blob.digest, limit: .mebibytes(1)) == world.image.blobs[blob.digest])
        }
        let again = try ImageContents(of: pinned) { try world.store.read($0.digest, limit: .mebibytes(1)) }
        #expect(again == contents)
    }

    @Test func `a second run asks one HEAD, and a locked one nothing`() throws {
        let world = try World()
        let pinned = try world.client().resolve(reference(world), for: Platform(.amd64))
        _ = try world.client().pull([pinned])
        let before = world.registry.requests.count
        #expect(try world.client().resolve(reference(world), for: Platform(.amd64)) == pinned)
        #expect(asked(world, since: before) == ["HEAD manifests/1"])
        _ = try world.client().pull([pinned])
        #expect(world.registry.requests.count == before + 1)
    }

    @Test func `a locked image is pulled into an empty store by digest alone`() throws {
        let world = try World()
        let pinned = PinnedImage(
            reference: try reference(world), root: world.image.root, manifest: world.image.manifests[1],
            platform: Platform(.amd64), size: 0)
        _ = try world.client().pull([pinned])
        #expect(world.registry.requests.allSatisfy { $0.method == "GET" && $0.path.contains("sha256:") })
        #expect(world.registry.requests.count == world.image.blobs.count)
    }

    @Test func `a name with a digest is asked by digest`() throws {
        let world = try World()
        let digest = world.image.root.digest
        for rest in ["@\(digest)", ":whatever@\(digest)"] {
            let pinned = try world.client().resolve(reference(world, rest), for: Platform(.arm64))
            #expect(pinned.root == world.image.root)
            #expect(pinned.manifest.digest == world.image.manifests[0].digest)
        }
        #expect(asked(world).allSatisfy { !$0.hasPrefix("HEAD") && $0.contains("sha256:") })
    }

    @Test func `a digest that the registry answers with other bytes is refused`() throws {
        let other = SHA256Digest.of([1])
        let world = try World { request, good in
            request.isManifest
                ? HTTPReply(
                    200, good.image.blobs[good.image.root.digest] ?? [],
                    headers: [("Content-Type", MediaType.index.text)])
                : nil
        }
        let reference = try reference(world, "@\(other)")
        let site = ImageSite(image: reference, registry: "127.0.0.1:\(world.registry.port)", origin: nil)
        #expect(throws: RegistryError.image(site, .otherDigest(promised: other, found: world.image.root.digest))) {
            try world.client().resolve(reference, for: Platform(.amd64))
        }
    }

    @Test func `what two images share is fetched once`() throws {
        var image = SampleImage("a")
        let other = SampleImage("b")
        image.blobs.merge(other.blobs) { first, _ in first }
        image.types.merge(other.types) { first, _ in first }
        let world = try World(image)
        let queries = try [image.root, other.root].map { ImageQuery(try reference(world, "@\($0.digest)")) }
        let pinned = try world.client().resolve(queries, for: Platform(.amd64))
        #expect(pinned.map(\.root) == [image.root, other.root])
        let contents = try world.client().pull(pinned)
        #expect(contents[0].layers[0] == contents[1].layers[0])
        #expect(world.registry.requests.filter { $0.isAbout(image.layers[0].digest) }.count == 1)
        let plan = try ImageArchivePlan(
            of: [.init(contents[0])] + [.init(contents[1], others: [ImageReference("site.example/b:1")])],
            naming: .taggedAndPinned)
        #expect(plan.names.count == 4)
    }

    @Test func `a document that was damaged in the store is fetched again`() throws {
        let world = try World()
        let pinned = try world.client().resolve(reference(world), for: Platform(.amd64))
        _ = try world.client().pull([pinned])
        let path = world.store.path(of: world.image.manifests[0].digest)
        let size = world.image.manifests[0].size.bytes
        try Files.replace(path, with: [UInt8](repeating: 0x20, count: size))
        let before = world.registry.requests.count
        _ = try world.client().pull([pinned])
        #expect(asked(world, since: before) == ["GET manifests/\(world.image.manifests[0].digest)"])
    }

    @Test func `a manifest that is not in its index is not pulled`() throws {
        let world = try World()
        let stranger = SampleImage("b")
        let pinned = PinnedImage(
            reference: try reference(world), root: world.image.root, manifest: stranger.manifests[1],
            platform: Platform(.amd64), size: 0)
        let site = ImageSite(
            image: pinned.reference, registry: "127.0.0.1:\(world.registry.port)", origin: "the lock")
        let wanted = OCIError.notInIndex(manifest: stranger.manifests[1].digest, root: world.image.root.digest)
        #expect(throws: RegistryError.image(site, .document(wanted))) {
            try world.client().pull([pinned]) { _ in "the lock" }
        }
        #expect(world.registry.requests.allSatisfy { !$0.isBlob })
    }

    @Test func `tokens are kept until they expire, one for each repository`() throws {
        let world = try World { request, good in
            if request.path == "/token" { return HTTPReply(200, "{\"token\":\"\(World.token)\",\"expires_in\":100}") }
            return good.demand("Bearer " + World.token, request, "Bearer realm=\"\(good.base)/token\"")
        }
        let time = Counter()
        let client = world.client { Timestamp(seconds: time.value) }
        let tokens = { world.registry.requests.filter { $0.path == "/token" }.count }
        _ = try client.resolve(reference(world), for: Platform(.amd64))
        time.value = 89
        _ = try client.resolve(reference(world), for: Platform(.amd64))
        #expect(tokens() == 1)
        time.value = 91
        _ = try client.resolve(reference(world), for: Platform(.amd64))
        #expect(tokens() == 2)
    }

    @Test func `words name the image, the registry, who asked and what there is`() throws {
        let world = try World()
        let error = #expect(throws: RegistryError.self) {
            try world.client().resolve(
                reference(world), for: Platform(os: "linux", architecture: "s390x"), askedFor: "line7.yaml:5")
        }
        let diagnostic = error?.diagnostic
        #expect(diagnostic?.message == "cannot take the image \"\(world.name)\"")
        #expect(
            diagnostic?.details.map { "\($0.label): \($0.text)" } == [
                "because: cannot take an image for linux/s390x: there is none",
                "available: \"linux/arm64\", \"linux/amd64\"", "registry: 127.0.0.1:\(world.registry.port)",
                "asked for by: line7.yaml:5",
            ])
        #expect(diagnostic?.next == "name a tag that was built for linux/s390x, or change the platform's arch")
    }
}
