import Definition
import Fetch
import Format
import Gather
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import Resolve
import SampleImages
import SampleVendor
import Store
import Testing
import Values

private let now = Timestamp(seconds: 1_795_000_000)

extension Workshop {
    var resolver: Resolver { Resolver(gatherer) }

    /// What went wrong when resolving.
    func failure(_ definition: Definition) throws -> ResolveError {
        do throws(ResolveError) { _ = try resolver.resolve(definition, at: now) } catch { return error }
        throw Diagnostic("nothing was thrown", exitCode: .internalError)
    }
}

/// An error in words, one line each.
func words(_ error: some Diagnosable) -> [String] {
    let diagnostic = error.diagnostic
    return [diagnostic.message] + diagnostic.details.map { "\($0.label): \($0.text)" }
        + [diagnostic.next.map { "next: \($0)" }, "exit \(diagnostic.exitCode.rawValue)"].compactMap(\.self)
}

private func url(_ asset: String, _ version: String = SampleVendor.version) -> String {
    "https://github.com" + SampleVendor.path(asset, version)
}

struct ResolvingTests {
    @Test func `everything is pinned, and equal input gives equal bytes`() throws {
        let vendor = SampleVendor()
        let first = try Workshop(vendor)
        let second = try Workshop(vendor)
        for workshop in [first, second] {
            try workshop.write("kind: Namespace\n", to: "manifests/app.yaml")
            try workshop.define("images: [acme/app:1]\nmanifests: [./manifests]\n", version: "v1.31")
        }
        let lock = try first.resolver.resolve(Definition.load(first.path), at: now)
        #expect(try second.resolver.resolve(Definition.load(second.path), at: now).text == lock.text)
        #expect(first.notes.messages == ["K3s v1.31 is v1.31.4+k3s1"])

        #expect(lock.version.text == SampleVendor.version)
        #expect(lock.requested == "v1.31")
        #expect(lock.created == now)
        #expect(lock.sequence == now.seconds)
        let binary = vendor.file(SampleVendor.path("k3s"))
        let sums = vendor.file(SampleVendor.path("sha256sum-amd64.txt"))
        let list = vendor.file(SampleVendor.path("k3s-images.txt"))
        #expect(
            lock.artefacts == [
                LockedArtefact(
                    name: "binary", origin: .url(url("k3s")), content: Content(of: binary),
                    checksum: LockedDocument(url: url("sha256sum-amd64.txt"), content: Content(of: sums)))
            ])
        #expect(lock.imageList == LockedDocument(url: url("k3s-images.txt"), content: Content(of: list)))
        let names = (["acme/app:1"] + SampleVendor.images)
        #expect(lock.images.map(\.pinned.reference.description) == names.map { "docker.io/\($0)" })
        for (image, name) in zip(lock.images, names) {
            let published = try #require(vendor.image(name))
            #expect(image.pinned.root.digest == published.root.digest)
            #expect(image.pinned.manifest.digest == published.manifests[1].digest)
            #expect(image.pinned.platform == Platform(.amd64))
            #expect(image.pinned.size > 0)
        }
        #expect(lock.images.map(\.reasons) == [["definition"], ["image list"], ["image list"]])
        #expect(
            lock.files == [
                LockedFile(path: "./manifests/app.yaml", content: Content(of: Array("kind: Namespace\n".utf8)))
            ])
        #expect(try Lock.parse(Array(lock.text.utf8), file: "l") == lock)
        #expect(try lock.isCurrent(for: Definition.load(first.path)))
    }

    @Test func `an image of list and definition stands once, with both reasons`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define("images: [\"\(SampleVendor.images[1])\"]\n")
        let lock = try workshop.resolver.resolve(definition, at: now)
        #expect(lock.images.map(\.reasons) == [["image list"], ["definition", "image list"]])
    }

    @Test func `the sequence grows even when the clock went back`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define()
        let lock = try workshop.resolver.resolve(definition, at: Timestamp(seconds: 5), after: 1_000)
        #expect(lock.sequence == 1_001)
        #expect(lock.created == Timestamp(seconds: 5))
    }

    @Test func `with the makers' archive only the definition's images are pulled`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define("image-source: vendor-archive\nimages: [acme/app:1]\n")
        let lock = try workshop.resolver.resolve(definition, at: now)
        #expect(lock.artefacts.map(\.name) == ["binary", "image-archive"])
        #expect(lock.images.map(\.pinned.reference.description) == ["docker.io/acme/app:1"])
        let archive = workshop.vendor.file(SampleVendor.path(SampleVendor.archive))
        #expect(try workshop.store.contains(.of(archive)))
    }

    @Test func `an archive that lacks an image is told when it is locked`() throws {
        let workshop = try Workshop()
        let archive = SampleVendor.imageArchive([SampleVendor.images[0]])
        workshop.vendor.put(archive, at: SampleVendor.path(SampleVendor.archive))
        workshop.vendor.publishSums([
            (SampleVendor.archive, archive), ("k3s", workshop.vendor.file(SampleVendor.path("k3s"))),
        ])
        let error = try workshop.failure(workshop.define("image-source: vendor-archive\n"))
        #expect(
            error
                == .gather(
                    .otherImages(
                        archive: "image-archive", list: url("k3s-images.txt"),
                        missing: ["docker.io/\(SampleVendor.images[1])"], surplus: [])))
    }

    @Test func `a floating tag draws a warning`() throws {
        let workshop = try Workshop()
        workshop.vendor.put(SampleImage("floating"), as: "acme/app:latest")
        _ = try workshop.resolver.resolve(workshop.define("images: [acme/app]\n"), at: now)
        #expect(workshop.notes.messages == ["the image \"docker.io/acme/app:latest\" follows the tag latest"])
    }

    @Test func `a version beyond the profile's range draws a warning`() throws {
        let workshop = try Workshop()
        workshop.vendor.publish("v1.99.0+k3s1")
        _ = try workshop.resolver.resolve(workshop.define(version: "v1.99.0+k3s1"), at: now)
        #expect(workshop.notes.messages.map { $0.hasPrefix("the profile k3s was written for ") } == [true])
    }
}

/// Where a size comes from.
struct SizeTests {
    private func binaryRequests(_ rule: @escaping SampleVendor.Rule) throws -> [String] {
        let workshop = try Workshop()
        let definition = try workshop.define()
        workshop.vendor.behave { $0.path == SampleVendor.path("k3s") ? rule($0, $1) : nil }
        let lock = try workshop.resolver.resolve(definition, at: now)
        #expect(lock.artefacts[0].content == Content(of: workshop.vendor.file(SampleVendor.path("k3s"))))
        return workshop.vendor.requests.filter { $0.path == SampleVendor.path("k3s") }.map(\.method)
    }

    @Test func `the server's word is enough where there is one`() throws {
        #expect(try binaryRequests { _, _ in nil } == ["HEAD"])
    }

    @Test func `without a length the file is fetched`() throws {
        let methods = try binaryRequests { request, _ in
            request.method == "HEAD" ? HTTPReply(200, []).with { $0.statedLength = nil } : nil
        }
        #expect(methods == ["HEAD", "GET"])
    }

    @Test(arguments: [403, 405, 501])
    func `where HEAD is refused the file is fetched`(status: Int) throws {
        let methods = try binaryRequests { request, _ in request.method == "HEAD" ? HTTPReply(status, []) : nil }
        #expect(methods == ["HEAD", "GET"])
    }
}

struct ChecksumTests {
    @Test func `a checksum file without the name is told with what it names`() throws {
        let workshop = try Workshop()
        workshop.vendor.publishSums([("k3s-arm64", [1]), ("old-k3s", [2])])
        let error = try workshop.failure(workshop.define())
        #expect(
            error
                == .checksum(url: url("sha256sum-amd64.txt"), name: "k3s", .noLine(names: ["k3s-arm64", "old-k3s"])))
        #expect(
            words(error) == [
                "cannot check \"k3s\" by the checksum file \"\(url("sha256sum-amd64.txt"))\": no line is about it",
                "it names: \"k3s-arm64\", \"old-k3s\"",
                "next: look at what answers there; it may be the file of another release", "exit 5",
            ])
    }

    @Test func `a list with a bad line is told with the line`() throws {
        let workshop = try Workshop()
        workshop.vendor.put(Array("docker.io/a/b:1\nnot an image\n".utf8), at: SampleVendor.path("k3s-images.txt"))
        let error = try workshop.failure(workshop.define())
        guard case .gather(.imageList(url("k3s-images.txt"), .line(2, "not an image", _))) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(error.diagnostic.exitCode == .gathering)
    }
}

/// What a definition says about artefacts.
struct OverrideTests {
    private let digest = SHA256Digest.of(Array("ours".utf8))

    @Test func `a file of ours is taken when its digest is given, and the makers are not asked`() throws {
        let workshop = try Workshop()
        try workshop.write("ours", to: "k3s")
        let definition = try workshop.define("artefacts: {binary: {file: ./k3s, sha256: \(digest.hex)}}\n")
        let lock = try workshop.resolver.resolve(definition, at: now)
        let content = Content(size: 4, digest: digest)
        #expect(lock.artefacts == [LockedArtefact(name: "binary", origin: .file("./k3s"), content: content)])
        #expect(!workshop.vendor.asked.contains { $0.contains("sha256sum") })
        _ = try workshop.gatherer.gather(lock, for: definition)
        #expect(try workshop.store.contains(digest))
    }

    @Test func `without a digest the makers' checksum counts for a file of ours too`() throws {
        let workshop = try Workshop()
        try workshop.write("ours", to: "k3s")
        let promised = SHA256Digest.of(workshop.vendor.file(SampleVendor.path("k3s")))
        let error = try workshop.failure(workshop.define("artefacts: {binary: {file: ./k3s}}\n"))
        #expect(
            error
                == .otherContent(
                    item: "the artefact binary", file: "./k3s", promise: url("sha256sum-amd64.txt"),
                    expected: promised, found: digest))
        #expect(error.diagnostic.exitCode == .usage)
    }

    @Test func `another address is checked by the makers' checksum, or by the digest given`() throws {
        let workshop = try Workshop()
        workshop.vendor.put(Array("ours".utf8), at: "/elsewhere/k3s")
        let place = workshop.vendor.base + "/elsewhere/k3s"
        let given = try workshop.define("artefacts: {binary: {url: \"\(place)\", sha256: \(digest.hex)}}\n")
        let lock = try workshop.resolver.resolve(given, at: now)
        #expect(lock.artefacts[0].origin == .url(place))
        #expect(lock.artefacts[0].checksum == nil)
        _ = try workshop.gatherer.gather(lock, for: given)

        let open = try workshop.define("artefacts: {binary: {url: \"\(place)\"}}\n")
        let unproven = try workshop.resolver.resolve(open, at: now)
        #expect(unproven.artefacts[0].checksum?.url == url("sha256sum-amd64.txt"))
        do throws(GatherError) {
            _ = try workshop.gatherer.gather(unproven, for: open)
            Issue.record("other content was taken")
        } catch {
            #expect(error.diagnostic.exitCode == .gathering)
        }
    }
}

extension Content {
    init(of bytes: [UInt8]) { self.init(size: ByteCount(bytes.count), digest: .of(bytes)) }
}
