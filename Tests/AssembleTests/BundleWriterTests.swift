import Format
import LibCrypto
import Media
import Posix
import Reporting
import Sign
import Store
import Testing
import Values

@testable import Assemble

@Suite struct BundleWriterTests {
    let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    @Test func `a bundle has the files that the format names, and nothing beside it`() throws {
        let written = try fixture.write()
        #expect(try DirectoryHandle.open(fixture.output).entries() == [fixture.name])
        let names = try DirectoryHandle.open(fixture.bundle).entries().sorted()
        #expect(
            names == [
                "README.txt", "SHA256SUMS", "install.sh", "manifest.json", "payload-001.tar.zst", "report.html",
                "sbom.cdx.json", "sbom.spdx.json", "sealift-install", "signatures",
            ])
        let manifest = try Files.read(fixture.bundle.appending("manifest.json"), limit: .mebibytes(1))
        #expect(try Manifest(reading: manifest) == written.manifest)
        let sums = try Files.read(fixture.bundle.appending("SHA256SUMS"), limit: .mebibytes(1))
        #expect(written.root == .of(sums))
        #expect(try shell("sha256sum -c --strict SHA256SUMS", in: fixture.bundle).status == 0)
        #expect(
            try shell("stat -c %a sealift-install install.sh README.txt .", in: fixture.bundle).text
                == "755\n755\n644\n755\n")
    }

    @Test func `the same content gives the same bytes, with and without a cache`() throws {
        try fixture.write()
        let first = try fixture.tree(fixture.output)
        let again = try fixture.write()
        #expect(again.statistics.compressed == 0)
        #expect(try fixture.tree(fixture.output) == first)
        try Files.removeTree(fixture.pack.store.root.appending("volumes"))
        try Files.makeDirectories(fixture.pack.store.root.appending("volumes"))
        let fresh = try fixture.write(readsBack: false)
        #expect(fresh.statistics.linked == 0)
        #expect(try fixture.tree(fixture.output) == first)
    }

    @Test func `a newer bundle takes the place of an older one of its name`() throws {
        try fixture.write()
        let old = try fixture.tree(fixture.bundle)
        let new = try fixture.write(change: " new")
        #expect(try fixture.tree(fixture.bundle) != old)
        #expect(new.root == .of(try Files.read(fixture.bundle.appending("SHA256SUMS"), limit: .mebibytes(1))))
        #expect(try DirectoryHandle.open(fixture.output).entries() == [fixture.name])
    }

    @Test func `after an error the older bundle is as it was, and nothing is beside it`() throws {
        try fixture.write()
        let old = try fixture.tree(fixture.output)
        let digest = SHA256Digest.of(noise(2_300_000, seed: 1))
        try Files.removeTree(fixture.pack.store.root.appending("volumes"))
        try Files.makeDirectories(fixture.pack.store.root.appending("volumes"))
        try fixture.pack.store.damage(digest, to: noise(2_300_000, seed: 9))
        // Nothing of the items is taken into the store again: it looks at the size only.
        #expect(throws: AssembleError.self) { try fixture.write() }
        #expect(try fixture.tree(fixture.output) == old)
    }

    @Test func `without a signature there is no bundle when one was asked for`() throws {
        #expect(throws: AssembleError.self) {
            try fixture.write { (_) throws(CryptoError) in throw CryptoError.malformedKey }
        }
        #expect(try DirectoryHandle.open(fixture.output).entries() == [])
    }

    @Test func `folders that were made for a bundle go when nothing came of it`() throws {
        let deep = fixture.output.appending("a").appending("b")
        #expect(throws: AssembleError.self) {
            try fixture.write(to: .folder(deep)) { (_) throws(CryptoError) in throw CryptoError.malformedKey }
        }
        #expect(try DirectoryHandle.open(fixture.output).entries() == [])
        try fixture.write(to: .folder(deep))
        #expect(try DirectoryHandle.open(deep).entries() == [fixture.name])
    }

    @Test func `what is no bundle is not replaced`() throws {
        try Files.makeDirectories(fixture.bundle)
        try Files.replace(fixture.bundle.appending("thesis.txt"), with: [1])
        #expect(throws: AssembleError.notABundle(fixture.bundle)) { try fixture.write() }
        #expect(try DirectoryHandle.open(fixture.bundle).entries() == ["thesis.txt"])
    }

    @Test func `what a killed run left beside the output is removed`() throws {
        let left = fixture.output.appending(".\(fixture.name).partial-0123456789abcdef")
        try Files.makeDirectories(left)
        try Files.replace(left.appending("payload-001.tar.zst"), with: [1])
        try fixture.write()
        #expect(try DirectoryHandle.open(fixture.output).entries() == [fixture.name])
    }

    @Test func `what another run is writing is left alone`() throws {
        let other = try StagingFolder.make(for: fixture.name, in: try DirectoryHandle.open(fixture.output))
        try fixture.write()
        #expect(try Files.exists(other.path))
    }

    @Test func `a volume of the cache that is damaged is found on the medium, and made anew`() throws {
        let first = try fixture.write()
        let tree = try fixture.tree(fixture.bundle)
        let volume = try #require(try fixture.pack.store.volumeKeys().first)
        let file = try #require(try fixture.pack.store.volume(for: volume))
        try Files.removeTree(fixture.bundle)
        try shell("printf X | dd of='\(file.text)' bs=1 seek=1000 conv=notrunc status=none")
        let second = try fixture.write(readsBack: false)
        #expect(second.statistics.compressed == first.statistics.compressed)
        #expect(try fixture.tree(fixture.bundle) == tree)
    }

    @Test func `a medium that forgets is found out`() throws {
        try fixture.write()
        let content = Content(size: 10, digest: .of(Array("0123456789".utf8)))
        let file = fixture.output.appending("x")
        try Files.replace(file, with: Array("012345678x".utf8))
        let check = ReadBack(folder: fixture.output, jobs: 2, progress: SilentProgress())
        #expect(throws: AssembleError.readBackDiffers(file)) {
            try check.check([.init(file: "x", offset: 0, content: content)])
        }
        try Files.replace(file, with: Array("012345678".utf8))
        #expect(throws: AssembleError.readBackDiffers(file)) {
            try check.check([.init(file: "x", offset: 0, content: content)])
        }
    }

    @Test func `one tar of a bundle is the folder, and the same every time`() throws {
        try fixture.write()
        let tar = fixture.output.appending("line7.tar")
        try fixture.write(to: .tar(tar))
        let first = try shell("sha256sum line7.tar", in: fixture.output).text
        try fixture.write(to: .tar(tar))
        #expect(try shell("sha256sum line7.tar", in: fixture.output).text == first)
        let unpacked = try fixture.pack.scratch.folder("unpacked")
        #expect(try shell("tar -xpf '\(tar.text)'", in: unpacked).status == 0)
        #expect(try fixture.tree(unpacked.appending(fixture.name)) == fixture.tree(fixture.bundle))
        #expect(try DirectoryHandle.open(fixture.output).entries().sorted() == [fixture.name, "line7.tar"])
    }

    @Test func `a full disk is named, and nothing is left`() throws {
        guard System.userID == 0 else { return print("skipped: a small tmpfs can only be mounted by root") }
        let small = try fixture.pack.scratch.folder("small")
        #expect(try shell("mount -t tmpfs -o size=26M tmpfs '\(small.text)'").status == 0)
        defer {
            clearing {
                let unmounted = try shell("umount '\(small.text)'")
                #expect(unmounted.status == 0)
            }
        }
        _ = try shell("head -c 23M /dev/zero > '\(small.text)/taken'")
        let error = #expect(throws: AssembleError.self) { try fixture.write(to: .folder(small)) }
        guard case .diskFull(small, _, _) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(error?.diagnostic.exitCode == .inputOutput)
        #expect(try DirectoryHandle.open(small).entries() == ["taken"])
    }
}
