import LibCrypto
import Testing
import Values

@testable import Format

struct TarLayoutTests {
    private func sample() throws -> [Entry] {
        [
            try Sample.directory("a"), try Sample.file("a/empty", []),
            try Sample.file("a/" + String(repeating: "n", count: 120), [UInt8](repeating: 5, count: 700)),
            try Sample.link("b", to: String(repeating: "t", count: 130)),
            try Sample.file("c", [UInt8](repeating: 6, count: 512)),
        ]
    }

    @Test(arguments: [1, 7, 511, 512, 513, 1_000, 100_000])
    func `pieces of any step join to the same stream`(step: Int) throws {
        let layout = TarLayout(entries: try sample())
        let whole = bytes(of: layout.pieces(in: 0..<layout.length))
        var joined: [UInt8] = []
        for start in stride(from: 0, to: layout.length, by: step) {
            joined += bytes(of: layout.pieces(in: start..<min(layout.length, start + step)))
        }
        #expect(whole.count == layout.length)
        #expect(joined == whole)
    }

    @Test func `the stream ends with two blocks of zeros and is whole blocks`() throws {
        let layout = TarLayout(entries: try sample())
        #expect(layout.length.isMultiple(of: 512))
        #expect(bytes(of: layout.pieces(in: layout.length - 1_024..<layout.length)).allSatisfy { $0 == 0 })
    }

    @Test func `long names, long targets and large sizes get a pax record that counts itself`() throws {
        let content = Content(size: ByteCount(9 << 30), digest: SHA256Digest.of([]))
        let path = try Sample.path(String(repeating: "d/", count: 60) + "file")
        let header = TarHeader.bytes(for: Entry(path: path, kind: .file(Permissions(mode: .file), content)))
        let body = String(decoding: header[512..<1_024].prefix { $0 != 0 }, as: UTF8.self)
        #expect(body == "134 path=\(path)\n19 size=9663676416\n")
        #expect(header.count == 3 * 512)
        #expect(header[156] == UInt8(ascii: "x"))
        #expect(String(decoding: header[1_024 + 124..<1_024 + 135], as: UTF8.self) == "00000000000")
    }

    @Test func `extents cover exactly the content`() throws {
        let entries = try sample()
        let layout = TarLayout(entries: entries)
        let index = ChunkIndex(chunks: try Sample.manifest(entries, step: 600).chunks)
        for (number, entry) in entries.enumerated() {
            let extents = index.extents(covering: layout.contentRange(of: number))
            #expect(extents.reduce(0) { $0 + $1.length } == entry.content?.size.bytes ?? 0)
            let range = layout.contentRange(of: number)
            if let first = extents.first {
                #expect(index.streamOffsets[first.chunk] + first.offset == range.lowerBound)
            }
        }
    }

    private func bytes(of pieces: [TarLayout.Piece]) -> [UInt8] {
        pieces.flatMap { piece in
            switch piece {
            case .literal(let bytes): bytes
            case .content(let entry, _, let count): [UInt8](repeating: UInt8(entry), count: count)
            }
        }
    }
}
