import Definition
import Fetch
import Format
import Gather
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import SampleImages
import SampleVendor
import Store
import Testing
import Values

struct GatheringTests {
    @Test func `everything that a lock names is in the store, and the second run asks nobody`() throws {
        let workshop = try Workshop()
        try workshop.write("kind: Namespace\n", to: "manifests/app.yaml")
        let definition = try workshop.define("images: [acme/app:1]\nmanifests: [./manifests]\n")
        let lock = try workshop.lock(definition)
        let gathered = try workshop.gatherer.gather(lock, for: definition)
        #expect(workshop.vendor.asked.count > 10)

        let files =
            lock.artefacts.map(\.content) + lock.artefacts.compactMap(\.checksum?.content)
            + [lock.imageList?.content].compactMap(\.self) + lock.files.map(\.content)
        #expect(files.count == 4)
        for file in files { #expect(try workshop.store.contains(file.digest, size: file.size)) }
        #expect(gathered.images.map(\.image.reference.description) == lock.images.map(\.pinned.reference.description))
        for blob in gathered.images.flatMap(\.blobs) {
            #expect(try workshop.store.contains(blob.digest, size: blob.size))
        }

        workshop.vendor.forget()
        let again = try workshop.gatherer.gather(lock, for: definition)
        #expect(workshop.vendor.asked == [])
        #expect(again.images == gathered.images)
    }

    @Test func `what is laid is found in the store by where it comes from`() throws {
        let workshop = try Workshop()
        try workshop.write("hello", to: "motd")
        let definition = try workshop.define("files: [{path: /etc/motd, from: ./motd}]\n")
        let gathered = try workshop.gatherer.gather(workshop.lock(definition), for: definition)
        let local = try #require(gathered.content(of: .local(workshop.folder.appending("motd"))))
        #expect(local == Content(size: 5, digest: .of(Array("hello".utf8))))
        #expect(try workshop.store.read(local.digest, limit: 5) == Array("hello".utf8))
        #expect(gathered.content(of: .artefact("binary")) == gathered.lock.artefacts[0].content)
        #expect(gathered.content(of: .images) == nil)
    }

    @Test func `a download that is cut goes on where it ended`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define()
        let lock = try workshop.lock(definition)
        let binary = workshop.vendor.file(SampleVendor.path("k3s"))
        workshop.vendor.behave { request, count in
            guard request.path == SampleVendor.path("k3s"), count == 0 else { return nil }
            return HTTPReply(200, binary).with { $0.cutAfter = 700 }
        }
        _ = try workshop.gatherer.gather(lock, for: definition)
        let asked = workshop.vendor.requests.filter { $0.path == SampleVendor.path("k3s") }
        #expect(asked.map { $0.header("range") } == [nil, "bytes=700-"])
        #expect(try workshop.store.read(SHA256Digest.of(binary), limit: .mebibytes(1)) == binary)
    }

    @Test func `what was fetched before an error is not fetched again`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define()
        let lock = try workshop.lock(definition)
        workshop.vendor.behave { request, _ in request.path.contains("/blobs/") ? HTTPReply(403, "no") : nil }
        let error = try workshop.failure(lock, definition)
        guard case .registry = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(error.diagnostic.exitCode == .gathering)
        workshop.vendor.behave { _, _ in nil }
        workshop.vendor.forget()
        _ = try workshop.gatherer.gather(lock, for: definition)
        let files = workshop.vendor.asked.filter { !$0.contains("/blobs/") }
        #expect(files == [])
    }

    @Test func `an image is told with who asked for it`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define("images: [acme/app:1]\n")
        let lock = try workshop.lock(definition)
        workshop.vendor.behave { request, _ in request.path.contains("/acme/") ? HTTPReply(404, "{}") : nil }
        let error = try workshop.failure(lock, definition)
        #expect(words(error).contains("asked for by: image list"))
    }
}

struct ChangedUpstreamTests {
    @Test func `a file that was replaced is told with all that is known of it`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define()
        let lock = try workshop.lock(definition)
        let content = lock.artefacts[0].content
        let other = [UInt8](repeating: 0x41, count: content.size.bytes)
        workshop.vendor.put(other, at: SampleVendor.path("k3s"))
        let error = try workshop.failure(lock, definition)
        guard
            case .fetch(let item, .otherContent(let site, expected: content.digest, found: SHA256Digest.of(other))) =
                error
        else {
            Issue.record("unexpected: \(error)")
            return
        }
        let sums = "https://github.com" + SampleVendor.path("sha256sum-amd64.txt")
        #expect(item == FetchedItem("the artefact binary", promise: sums))
        #expect(
            words(error) == [
                "cannot fetch \"https://github.com\(SampleVendor.path("k3s"))\": its content is not what was promised",
                "item: the artefact binary", "expected: \(content.digest)", "found: \(SHA256Digest.of(other))",
                "host: \(site.host)", "tries: 1", "promised by: \(sums)",
                "next: if its makers replaced it, run `sealift lock --update` and review what changes; if they did not, \(site.host) or a proxy before it delivers something else: name another place with --mirror",
                "exit 5",
            ])
        #expect(try !workshop.store.contains(content.digest))
        #expect(try !workshop.store.contains(.of(other)))
    }

    @Test func `a file of another length is told as such`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define()
        let lock = try workshop.lock(definition)
        workshop.vendor.put([1, 2, 3], at: SampleVendor.path("k3s"))
        let error = try workshop.failure(lock, definition)
        guard case .fetch(_, .otherSize(_, expected: lock.artefacts[0].content.size, found: 3)) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(error.diagnostic.exitCode == .gathering)
    }

    @Test(arguments: ["k3s-images.txt", "sha256sum-amd64.txt"])
    func `a changed document is no longer the one that was locked`(asset: String) throws {
        let workshop = try Workshop()
        let definition = try workshop.define()
        let lock = try workshop.lock(definition)
        let bytes = workshop.vendor.file(SampleVendor.path(asset))
        workshop.vendor.put(bytes.map { $0 == 0x61 ? 0x62 : $0 }, at: SampleVendor.path(asset))
        guard case .fetch(let item, .otherContent) = try workshop.failure(lock, definition) else {
            Issue.record("nothing was noticed")
            return
        }
        #expect(item.promise == "the lock")
    }
}
