import Format
import LibCrypto
import Posix
import Store
import Testing
import Values

@testable import Assemble

@Suite struct PackTests {
    let fixture: PackFixture

    init() throws { fixture = try PackFixture() }

    /// The stream, put together from the volumes by stock tools.
    private func stream(_ packed: PackedPayload, in folder: FilePath) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for volume in packed.volumes {
            bytes += try decompressed(folder.appending(volume.volume.name))
        }
        return bytes
    }

    @Test func `what is packed is the stream that the format describes`() throws {
        let items = try fixture.items()
        let (packed, folder) = try fixture.pack(items)
        let stream = try stream(packed, in: folder)
        let layout = TarLayout(entries: packed.entries)
        #expect(stream.count == layout.length)
        for index in packed.entries.indices {
            guard let content = packed.entries[index].content else { continue }
            #expect(SHA256Digest.of(Array(stream[layout.contentRange(of: index)])) == content.digest)
        }
        var offset = 0
        for chunk in packed.chunks {
            let plain = Array(stream[offset..<offset + chunk.plain.size.bytes])
            #expect(SHA256Digest.of(plain) == chunk.plain.digest)
            offset += plain.count
        }
        for volume in packed.volumes {
            let bytes = try Files.read(folder.appending(volume.volume.name), limit: .gibibytes(1))
            #expect(Content(size: ByteCount(bytes.count), digest: .of(bytes)) == volume.content)
        }
    }

    @Test func `chunks are cut at the borders of large content`() throws {
        let payload = Payload(try fixture.items())
        let cuts = CutPlan(payload, volumeSize: .gibibytes(1)).cuts
        let borders = Set(cuts.flatMap { [$0.range.lowerBound, $0.range.upperBound] })
        for index in payload.items.indices {
            let range = payload.layout.contentRange(of: index)
            #expect(range.count < 1 << 20 || borders.isSuperset(of: [range.lowerBound, range.upperBound]))
        }
        #expect(cuts.map(\.range.count).max() == Chunk.maximumPlainSize.bytes)
        #expect(cuts.first?.range.lowerBound == 0 && cuts.last?.range.upperBound == payload.length)
        for (cut, next) in zip(cuts, cuts.dropFirst()) { #expect(cut.range.upperBound == next.range.lowerBound) }
    }

    @Test func `a volume never grows over its size`() throws {
        let noises = try (0..<5).map { try fixture.store.add(noise(3_000_000, seed: UInt64(100 + $0))) }
        let items = noises.enumerated().map {
            PayloadItem.stored(path("n\($0.offset)"), Permissions(mode: .file), $0.element)
        }
        let (packed, _) = try fixture.pack(items, volumeSize: .mebibytes(8))
        #expect(packed.volumes.count == 3)
        #expect(packed.volumes.allSatisfy { $0.content.size <= .mebibytes(8) })
    }

    @Test(arguments: [1, 2, 7])
    func `the number of jobs does not show in the bytes`(jobs: Int) throws {
        let items = try fixture.items()
        let one = try fixture.pack(items, jobs: 1).packed
        let many = try fixture.pack(items.reversed(), jobs: jobs).packed
        #expect(one.volumes.map(\.content) == many.volumes.map(\.content))
        #expect(one.chunks == many.chunks)
        #expect(one.entries == many.entries)
    }

    /// The content that packing finds damaged.
    private func damaged(in items: [PayloadItem]) -> SHA256Digest? {
        let error = #expect(throws: AssembleError.self) { try fixture.pack(items) }
        guard case .store(.damaged(let digest, _)) = error else { return nil }
        return digest
    }

    @Test func `damaged content is named and put out of the way`() throws {
        let items = try fixture.items()
        let digest = SHA256Digest.of(noise(1_100_000, seed: 2))
        var bytes = noise(1_100_000, seed: 2)
        bytes[1_000_000] ^= 1
        try fixture.store.damage(digest, to: bytes)
        #expect(damaged(in: items) == digest)
        #expect(throws: AssembleError.store(.missing(digest))) { try fixture.pack(items) }
    }

    @Test func `content that was cut short or has grown is damaged`() throws {
        let items = try fixture.items()
        let digest = SHA256Digest.of(noise(2_300_000, seed: 1))
        for count in [2_299_999, 2_300_001] {
            try fixture.store.damage(digest, to: noise(count, seed: 1))
            #expect(damaged(in: items) == digest)
        }
    }

    @Test func `a local file that changed is named`() throws {
        let file = fixture.scratch.path.appending("local")
        try Files.replace(file, with: Array("new".utf8))
        let content = Content(size: 3, digest: .of(Array("old".utf8)))
        #expect(throws: AssembleError.fileChanged(file)) {
            try fixture.pack([.file(path("x"), Permissions(mode: .file), content, from: file)])
        }
    }

    @Test(arguments: [ByteCount.mebibytes(8), .gibibytes(1)])
    func `volume sizes within the limits are taken`(size: ByteCount) throws {
        _ = try fixture.pack([.literal(path("x"), Permissions(mode: .file), [1])], volumeSize: size)
    }

    @Test(arguments: [ByteCount(8 << 20 - 1), .gibibytes(1) + 1])
    func `volume sizes outside the limits are refused`(size: ByteCount) throws {
        #expect(throws: AssembleError.volumeSize(size)) {
            try fixture.pack([.literal(path("x"), Permissions(mode: .file), [1])], volumeSize: size)
        }
    }
}
