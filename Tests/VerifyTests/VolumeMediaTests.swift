import BundleFixture
import Format
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// Volumes of one bundle on several sticks.
struct VolumeMediaTests {
    let folder, other: TemporaryFolder
    let bundle: TinyBundle
    let second: FilePath
    static let volume = "payload-003.tar.zst"

    /// A bundle whose third volume of five is on a second stick.
    init() throws {
        (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        bundle = try TinyBundle.small(in: folder)
        second = folder.path.appending("second")
        try Files.makeDirectories(second)
        try move(Self.volume, to: second)
    }

    private func move(_ name: String, to folder: FilePath) throws {
        let bytes = try Files.read(bundle.path.appending(name), limit: .mebibytes(1))
        try Files.replace(folder.appending(name), with: bytes)
        try Files.remove(bundle.path.appending(name))
    }

    private func open() throws -> VerifiedBundle {
        try UntrustedBundle(opening: bundle.path).verified(under: TrustPolicy(pins: [Pin(bundle.key, origin: "t")]))
    }

    private func verify(_ opened: VerifiedBundle, deep: Bool = true) throws {
        try opened.verifyPayload(deep: deep, workers: 2, progress: SilentProgress())
    }

    /// The words that refuse it, with exit code 11.
    private func refusal(_ opened: VerifiedBundle) throws -> String {
        let error = #expect(throws: VerifyError.self) { try verify(opened) }
        #expect(error?.diagnostic.exitCode == .damaged)
        #expect(error?.diagnostic.next?.isEmpty == false)
        return try #require(error?.diagnostic.message)
    }

    @Test(arguments: [false, true]) func `a volume on another stick is found there`(deep: Bool) throws {
        let opened = try open()
        let all = Array(opened.manifest.chunks.indices)
        #expect(try opened.absentVolumes(for: all).map(\.name) == [Self.volume])
        opened.media.add(second)
        #expect(try opened.absentVolumes(for: all) == [])
        try verify(opened, deep: deep)
        var stream: [UInt8] = []
        let reader = PayloadStream(of: opened)
        var block = [UInt8](repeating: 0, count: 512)
        while true {
            let count = try unsafe block.withUnsafeMutableBytes { try unsafe reader.read(into: $0) }
            guard count > 0 else { break }
            stream += block[..<count]
        }
        #expect(ByteCount(stream.count) == opened.payloadSize)
    }

    @Test func `also in a folder called like the bundle`() throws {
        let opened = try open()
        let inner = other.path.appending(opened.manifest.folderName)
        try Files.makeDirectories(inner)
        try Files.replace(
            inner.appending(Self.volume), with: Files.read(second.appending(Self.volume), limit: .mebibytes(1)))
        opened.media.add(other.path)
        try verify(opened)
    }

    @Test func `a volume on no stick names itself and where it was looked for`() throws {
        let opened = try open()
        opened.media.add(other.path)
        #expect(try refusal(opened) == "cannot accept the bundle: \"\(Self.volume)\", volume 3 of 5, is missing")
        let absent = try #require(opened.absentVolumes(for: [Int](opened.manifest.chunks.indices)).first)
        #expect(absent.folders == [bundle.path, other.path])
        #expect(throws: VerifyError.missingVolume(absent)) {
            try opened.demandVolumes(for: [Int](opened.manifest.chunks.indices))
        }
        // Chunks of other volumes do not need it.
        try opened.demandVolumes(for: opened.manifest.chunks.indices.filter { opened.manifest.chunks[$0].volume != 3 })
    }

    @Test func `a stick of another bundle is passed over, and named when there is no better one`() throws {
        let opened = try open()
        let good = try Files.read(second.appending(Self.volume), limit: .mebibytes(1))
        // The same size, other bytes: as the volume of another version has.
        try Files.replace(other.path.appending(Self.volume), with: good.map { $0 ^ 0x55 })
        opened.media.add(other.path)
        #expect(
            try refusal(opened)
                == "cannot accept the bundle: \"\(Self.volume)\" in \"\(other.path)\" is another bundle's, or damaged")
        opened.media.add(second)
        try verify(opened)
        try Files.replace(other.path.appending(Self.volume), with: good + [0])
        try verify(opened)
    }

    @Test func `damage further on in another stick's volume names volume and chunk`() throws {
        let opened = try open()
        let last = try #require(opened.manifest.chunks.lastIndex { $0.volume == 3 })
        try #require(opened.manifest.chunks.firstIndex { $0.volume == 3 } != last)
        var bytes = try Files.read(second.appending(Self.volume), limit: .mebibytes(1))
        bytes[bytes.count - 1] ^= 1
        try Files.replace(second.appending(Self.volume), with: bytes)
        opened.media.add(second)
        let error = #expect(throws: VerifyError.self) { try verify(opened, deep: false) }
        guard case .damagedChunk(last, Self.volume, _, _, .stored)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `who is asked may name a folder, the wrong one first`() throws {
        let opened = try open()
        try Files.replace(other.path.appending(Self.volume), with: [1, 2, 3])
        let asked = Monitor<[AbsentVolume]>([])
        opened.media.ask { [other, second] volume in
            asked.withLock { $0.append(volume) }
            switch asked.withLock({ $0.count }) {
            case 1: return .look(nil)
            case 2: return .look(other.path)
            case 3: return .look(second)
            default: return .stop
            }
        }
        try verify(opened)
        let found = asked.withLock { $0 }
        #expect(found.map(\.foreign) == [nil, nil, other.path])
        #expect(
            found.map { "\($0.name) \($0.number)/\($0.count)" } == [String](repeating: "\(Self.volume) 3/5", count: 3))
    }

    @Test func `sticks may be swapped in one place`() throws {
        let opened = try open()
        let kept = try ["payload-001.tar.zst", "payload-002.tar.zst", "payload-004.tar.zst"].map {
            ($0, try Files.read(bundle.path.appending($0), limit: .mebibytes(1)))
        }
        let third = try Files.read(second.appending(Self.volume), limit: .mebibytes(1))
        // Each time another stick is in the one place, with one volume.
        let path = bundle.path
        @Sendable func insert(_ name: String, _ bytes: [UInt8]) throws {
            for (name, _) in kept where try Files.exists(path.appending(name)) {
                try Files.remove(path.appending(name))
            }
            try Files.replace(path.appending(name), with: bytes)
        }
        try insert(kept[0].0, kept[0].1)
        let asked = Monitor(0)
        opened.media.ask { volume in
            asked.withLock { $0 += 1 }
            let sticks = Dictionary(uniqueKeysWithValues: kept + [(Self.volume, third)])
            do { try insert(volume.name, sticks[volume.name] ?? []) } catch { return .stop }
            return .look(nil)
        }
        try verify(opened)
        #expect(asked.withLock { $0 } == 3)
    }

    @Test func `who says stop stops`() throws {
        let opened = try open()
        opened.media.ask { _ in .stop }
        #expect(try refusal(opened).contains("is missing"))
    }
}
