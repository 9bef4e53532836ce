import Foundation
import LibArchive
import Reporting
import StockTools
import Testing
import Values

@Suite struct ArchiveReaderTests {
    private static func sample() throws -> CommandFolder {
        let folder = try CommandFolder()
        try #require(
            try folder.run(
                "mkdir a; printf one > a/1; printf '' > a/empty; seq 1 50000 > a/many; ln -s 1 a/link; ln a/1 a/hard")
                == 0)
        return folder
    }

    @Test(arguments: [
        ("", ArchiveFilters()), ("--gzip", .gzip), ("--zstd", .zstd), ("--xz", .xz), ("--bzip2", .bzip2),
    ])
    func `what tar packs comes out again`(option: String, filter: ArchiveFilters) throws {
        let folder = try Self.sample()
        try #require(try folder.run("tar \(option) --sort=name -cf x a") == 0)
        let found = try TarBytes.read(folder.read("x"), filters: filter)
        #expect(found.map(\.entry.name) == ["a/", "a/1", "a/empty", "a/hard", "a/link", "a/many"])
        #expect(
            found.map(\.entry.kind) == [
                .directory, .file, .file, .hardLink(Array("a/1".utf8)), .symbolicLink([0x31]), .file,
            ])
        #expect(found[1].content == Array("one".utf8))
        #expect(found[2].content.isEmpty)
        #expect(found[1].entry.mode & 0o700 == 0o600)
        #expect(try found[5].content == folder.read("a/many"))
        #expect(found[5].entry.size == ByteCount(found[5].content.count))
    }

    @Test func `a compression that was not asked for is refused`() throws {
        let folder = try Self.sample()
        try #require(try folder.run("tar --gzip -cf x a") == 0)
        for filters in [ArchiveFilters(), .zstd, [.xz, .bzip2]] {
            #expect(throws: ArchiveError.self) { try TarBytes.read(folder.read("x"), filters: filters) }
        }
    }

    @Test(arguments: ["cpio", "7zip", "ar", "mtree", "xar", "zip"])
    func `a format that was not asked for is refused`(format: String) throws {
        let folder = try CommandFolder()
        try #require(try folder.run("printf one > 1; bsdtar --format \(format) -cf x 1") == 0)
        let archive = try folder.read("x")
        #expect(throws: ArchiveError.damaged(.fatal, entriesBefore: 0, reason: "Unrecognized archive format")) {
            try TarBytes.read(archive)
        }
    }

    @Test func `a ZIP comes out again, from a file and as a stream`() throws {
        let folder = try Self.sample()
        try #require(try folder.run("bsdtar --format zip -cf x a/1 a/many") == 0)
        let file = try #require(FileHandle(forReadingAtPath: folder.path("x")))
        let many = try folder.read("a/many")
        let seekable = try ArchiveReader(descriptor: file.fileDescriptor, accepting: .zip, filters: [])
        #expect(try seekable.files(named: ["a/many"], limit: .mebibytes(1)) == ["a/many": many])
        let stream = try ArchiveReader(bytes: folder.read("x"), accepting: .zip, filters: [])
        #expect(try stream.files(named: ["a/many"], limit: .mebibytes(1)) == ["a/many": many])
    }

    @Test func `a ZIP with a wrong check sum is refused`() throws {
        let folder = try Self.sample()
        try #require(try folder.run("bsdtar --format zip --options zip:compression=store -cf x a/1") == 0)
        var archive = try folder.read("x")
        let content = try #require(archive.indices.first { archive[$0...].starts(with: "one".utf8) })
        archive[content] ^= 1
        #expect(throws: ArchiveError.self) {
            try ArchiveReader(bytes: archive, accepting: .zip, filters: []).files(named: ["a/1"], limit: 100)
        }
    }

    @Test(arguments: ["caf\u{E9}", "cafe\u{301}", "日本語"])
    func `names keep their bytes, composed or not, in ustar and pax`(name: String) throws {
        let (bytes, long) = (Array(name.utf8), Array("long/\(name)".utf8))
        let archive =
            TarBytes.file(name, [1]) + TarBytes.pax("path", long) + TarBytes.file("short", [2]) + TarBytes.end
        let found = try TarBytes.read(archive)
        #expect(found.map(\.entry.path) == [bytes, long])
        #expect(found.map(\.content) == [[1], [2]])
    }

    @Test func `the source may give its bytes in any pieces`() throws {
        let archive = TarBytes.file("a", [UInt8](repeating: 7, count: 1_000)) + TarBytes.file("b", [8]) + TarBytes.end
        for piece in [1, 7, 512, 513, 100_000] {
            var offset = 0
            let reader = try ArchiveReader(accepting: .tar, filters: []) { block in
                let count = min(piece, block.count, archive.count - offset)
                block.copyBytes(from: archive[offset..<offset + count])
                offset += count
                return count
            }
            #expect(try reader.files(named: ["b"], limit: 10) == ["b": [8]], "\(piece)")
        }
    }

    @Test func `a source that fails says why`() throws {
        let failure = Diagnostic("cannot read volume 3", exitCode: .inputOutput)
        let archive = TarBytes.file("a", [UInt8](repeating: 7, count: 5_000))
        var blocks = [Array(archive[..<2_048])]
        var reader = try ArchiveReader(accepting: .tar, filters: []) { block in
            guard let next = blocks.popLast() else { throw failure }
            block.copyBytes(from: next)
            return next.count
        }
        _ = try #require(try reader.next())
        #expect(throws: ArchiveError.source(failure)) { try reader.content(limit: .mebibytes(1)) }
        #expect(ArchiveError.source(failure).diagnostic == failure)
    }

    @Test func `content is read once, and only of the current entry`() throws {
        let archive = TarBytes.file("a", [1, 2]) + TarBytes.end
        var reader = try ArchiveReader(bytes: archive, accepting: .tar, filters: [])
        #expect(try reader.content(limit: 10).isEmpty)
        _ = try reader.next()
        #expect(try reader.content(limit: 10) == [1, 2])
        #expect(try reader.content(limit: 10).isEmpty)
        #expect(try reader.next() == nil)
        #expect(reader.entryCount == 1)
    }

    @Test func `the files that are looked for are found, with or without a dot in front`() throws {
        let archive =
            TarBytes.file("./manifest.json", Array("[]".utf8)) + TarBytes.file("blob", [1])
            + TarBytes.file("index.json", Array("{}".utf8)) + TarBytes.end
        let reader = try ArchiveReader(bytes: archive, accepting: .tar, filters: [])
        let found = try reader.files(named: ["manifest.json", "index.json", "absent"], limit: 100)
        #expect(found == ["manifest.json": Array("[]".utf8), "index.json": Array("{}".utf8)])
    }
}
