import Definition
import Format
import Gather
import JSON
import LibCrypto
import OCI
import Posix
import SampleVendor
import Store
import Testing
import Values

struct VendorArchiveTests {
    private static let list = SampleVendor.images.map { "docker.io/\($0)" }

    /// Gathers with the makers' archive, which is `bytes`.
    private func gather(_ bytes: [UInt8]) throws -> (Workshop, GatherError?) {
        let workshop = try Workshop()
        workshop.vendor.put(bytes, at: SampleVendor.path(SampleVendor.archive))
        let definition = try workshop.define("image-source: vendor-archive\n")
        let lock = try workshop.lock(definition)
        do throws(GatherError) { _ = try workshop.gatherer.gather(lock, for: definition) } catch {
            return (workshop, error)
        }
        workshop.vendor.forget()
        _ = try workshop.gatherer.gather(lock, for: definition)
        #expect(workshop.vendor.asked == [])
        return (workshop, nil)
    }

    private static func index(_ names: [(key: String, name: String)]) -> [UInt8] {
        let manifests = names.map { key, name in JSONValue.object(["annotations": .object([key: .string(name)])]) }
        let documents: [(String, JSONValue)] = [
            ("oci-layout", ["imageLayoutVersion": "1.0.0"]), ("index.json", ["manifests": .array(manifests)]),
            ("manifest.json", []),
        ]
        return TarBytes.archive(documents.map { (name: $0.0, content: $0.1.compact()) })
    }

    @Test func `an archive with what the list names is taken, in both shapes`() throws {
        #expect(try gather(SampleVendor.imageArchive(SampleVendor.images)).1 == nil)
        let keys = ["io.containerd.image.name", "org.opencontainers.image.ref.name"]
        let names = Array(zip(keys, Self.list)) + [("org.example", "nobody/reads:this")]
        #expect(try gather(Self.index(names)).1 == nil)
    }

    @Test func `an archive may be packed by gzip or zstd`() throws {
        let plain = SampleVendor.imageArchive(SampleVendor.images)
        for program in ["gzip", "zstd"] {
            let packed = try Subprocess.run(program, ["-c"], input: plain)
            #expect(packed.status == 0)
            #expect(try gather(packed.output).1 == nil)
        }
    }

    @Test func `a second name by digest is no surplus`() throws {
        let digest = SHA256Digest.of([1]).description
        let pinned = "docker.io/rancher/mirrored-pause@" + digest
        #expect(try gather(SampleVendor.imageArchive(SampleVendor.images + [pinned])).1 == nil)
    }

    @Test func `missing and surplus images are named`() throws {
        let (_, error) = try gather(SampleVendor.imageArchive([SampleVendor.images[0], "acme/other:2"]))
        let list = "https://github.com" + SampleVendor.path("k3s-images.txt")
        #expect(
            error
                == .otherImages(
                    archive: "image-archive", list: list, missing: [Self.list[1]],
                    surplus: ["docker.io/acme/other:2"]))
        #expect(
            error.map(words) == [
                "cannot use the image archive \"image-archive\": it does not hold what the image list names",
                "missing: \"\(Self.list[1])\"", "surplus: \"docker.io/acme/other:2\"", "list: \"\(list)\"",
                "next: take archive and list of the same release, or set image-source: registry", "exit 5",
            ])
    }

    @Test(arguments: [
        (TarBytes.archive([("readme", [1])]), ArchiveFault.noImages),
        (
            TarBytes.archive([("manifest.json", Array("[{]".utf8))]),
            .document("manifest.json", reason: "expected a string or \"}\"")
        ),
    ])
    func `an archive that no platform would take is refused`(bytes: [UInt8], fault: ArchiveFault) throws {
        let (_, error) = try gather(bytes)
        guard case .archive("image-archive", let found)? = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
        if case .document(let name, _) = fault, case .document(name, _) = found { return }
        #expect(found == fault)
    }

    @Test func `an archive that is cut is refused`() throws {
        let (_, error) = try gather(Array(SampleVendor.imageArchive(SampleVendor.images).prefix(600)))
        guard case .archive("image-archive", .unreadable)? = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
    }

    @Test func `an archive that rotted in the store is put aside`() throws {
        let workshop = try Workshop()
        let definition = try workshop.define("image-source: vendor-archive\n")
        let lock = try workshop.lock(definition)
        let archive = try #require(lock.artefacts.first { $0.name == "image-archive" })
        let bytes = workshop.vendor.file(SampleVendor.path(SampleVendor.archive))
        try workshop.store.ingest(bytes)
        let path = workshop.store.path(of: archive.content.digest)
        try Files.replace(path, with: Array(bytes.dropLast()) + [1])
        guard case .store(.damaged(archive.content.digest, _)) = try workshop.failure(lock, definition) else {
            Issue.record("nothing was noticed")
            return
        }
        #expect(try !workshop.store.contains(archive.content.digest))
        _ = try workshop.gatherer.gather(lock, for: definition)
    }
}
