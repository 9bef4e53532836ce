import BundleFixture
import Format
import Posix
import Reporting
import Testing
import Trust
import Values
import Verify

@testable import Media

/// Bundles copied onto media: folders, with room that the test says they have.
struct MediaWriterTests {
    let folder: TemporaryFolder
    let bundle: TinyBundle

    init() throws {
        folder = try TemporaryFolder()
        let files = ["etc/a": (0..<3_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }, "etc/b": Array(0...255)]
        let entries =
            try [Sample.directory("etc")] + files.sorted { $0.key < $1.key }.map { try Sample.file($0.key, $0.value) }
        bundle = try TinyBundle(at: folder.path, skeleton: Sample.skeleton(entries), contents: files, step: 500)
        for name in ["a", "b"] { try Files.makeDirectories(folder.path.appending(name)) }
    }

    private func opened(at path: FilePath) throws -> VerifiedBundle {
        try UntrustedBundle(opening: path).verified(under: TrustPolicy(pins: [Pin(bundle.key, origin: "t")]))
    }

    /// Copies onto media with room for so many volumes each.
    @discardableResult
    private func write(volumes: [Int], progress: any ProgressReceiver = SilentProgress()) throws -> [MediaWriter
        .Outcome]
    {
        let verified = try opened(at: bundle.path)
        let files = try MediumFile.all(of: verified)
        let fixed = files.filter { !$0.mayLeave }.reduce(0) { $0 + $1.footprint }
        let each = try #require(files.filter(\.mayLeave).map(\.footprint).max())
        let rooms = volumes.enumerated().map { index, count in
            MediaPlan.Room(
                folder.path.appending(["a", "b"][index]),
                ByteCount((1 << 20) + count * each + (index == 0 ? fixed : 0)))
        }
        return try MediaWriter(verified, try MediaPlan(files, onto: rooms), progress: progress).write()
    }

    private func names(_ medium: String) throws -> [String] {
        try DirectoryHandle.open(folder.path.appending(medium)).entries().sorted()
    }

    private var copy: FilePath { folder.path.appending("a").appending(bundle.manifest.folderName) }

    @Test func `a copy is the same bundle, and is not written twice`() throws {
        #expect(try write(volumes: [9]) == [.written])
        let copied = try opened(at: copy)
        #expect(copied.rootDigest == (try opened(at: bundle.path)).rootDigest)
        try copied.verifyPayload(deep: true, workers: 1, progress: SilentProgress())
        #expect(try names("a") == [bundle.manifest.folderName])
        #expect(try write(volumes: [9]) == [.kept])
    }

    @Test func `volumes without room on the first medium are on the second, alone`() throws {
        try #require(bundle.manifest.volumes.count > 1)
        #expect(try write(volumes: [1, 9]) == [.written, .written])
        let second = folder.path.appending("b").appending(bundle.manifest.folderName)
        let volumes = try DirectoryHandle.open(second).entries().sorted()
        #expect(volumes == bundle.manifest.volumes.dropFirst().map(\.name))
        #expect(try Files.exists(copy.appending(Volume.name(1))))
        #expect(try !Files.exists(copy.appending(Volume.name(2))))
    }

    @Test func `a copy that went bad is written again`() throws {
        try write(volumes: [9])
        try FileDescriptor.open(copy.appending(Volume.name(1)), .writeOnly).write([0xFF], at: 0)
        #expect(try write(volumes: [9]) == [.written])
        try opened(at: copy).verifyPayload(deep: false, workers: 1, progress: SilentProgress())
        #expect(try names("a") == [bundle.manifest.folderName])
    }

    @Test func `a bundle that is not what was signed is not spread, and leaves nothing`() throws {
        try bundle.tamper(Volume.name(1)) { $0[0] ^= 1 }
        #expect(throws: MediaError.damagedSource(name: Volume.name(1), bundle: bundle.path)) { try write(volumes: [9]) }
        #expect(try names("a").isEmpty)
    }

    @Test func `a medium that forgets is found out, and shows no bundle`() throws {
        let forgetting = Forgetting(folder.path.appending("a"))
        let error = #expect(throws: MediaError.self) { try write(volumes: [9], progress: forgetting) }
        guard case .readBackDiffers(let path) = error else {
            Issue.record("another refusal: \(String(describing: error))")
            return
        }
        #expect(path.lastComponent == Volume.name(1))
        #expect(try names("a").isEmpty)
    }

    @Test func `something else in the bundle's place stays`() throws {
        try Files.makeDirectories(copy)
        try Files.replace(copy.appending("diary.txt"), with: [1])
        #expect(throws: MediaError.notABundle(copy)) { try write(volumes: [9]) }
        #expect(try DirectoryHandle.open(copy).entries() == ["diary.txt"])
    }

    @Test func `two folders of one medium, and a folder that is not there, are refused`() throws {
        let verified = try opened(at: bundle.path)
        let media = [folder.path.appending("a"), folder.path.appending("b")]
        #expect(throws: MediaError.sameMedium(media[0], media[1])) { _ = try MediaPlan(verified, onto: media) }
        let none = folder.path.appending("none")
        #expect(throws: MediaError.noMedium(none)) { _ = try MediaPlan(verified, onto: [none]) }
    }
}

/// Changes a byte of the first volume on the medium as soon as everything is copied.
private struct Forgetting: ProgressReceiver {
    let medium: FilePath

    init(_ medium: FilePath) { self.medium = medium }

    func report(_ progress: Progress) {
        guard progress.phase == .copy, progress.done == progress.total else { return }
        do {
            for staging in try DirectoryHandle.open(medium).entries() {
                let volume = medium.appending(staging).appending(Volume.name(1))
                try FileDescriptor.open(volume, .writeOnly).write([0xFF], at: 0)
            }
        } catch { Issue.record(error) }
    }

    func say(_ diagnostic: Diagnostic) {}
}
