import LibArchive
import StockTools
import Testing
import Values

@Suite struct HostileArchiveTests {
    private static let good =
        TarBytes.file("a", [UInt8](repeating: 7, count: 700)) + TarBytes.file("b", [8]) + TarBytes.end

    @Test func `the archive that is broken below is good`() throws {
        #expect(try TarBytes.read(Self.good).map(\.entry.name) == ["a", "b"])
    }

    /// 1 536 is the border between both entries, 2 560 the end of the last: libarchive takes both for an end.
    @Test(arguments: [1, 100, 511, 512, 513, 1_000, 1_300, 1_537, 2_000, 2_048])
    func `an archive cut short is refused`(length: Int) {
        #expect(throws: ArchiveError.self) { try TarBytes.read(Array(Self.good[..<length])) }
    }

    @Test(arguments: [0, 50, 124, 148, 257])
    func `a damaged header after the first is an error, not the end`(offset: Int) {
        var archive = Self.good
        archive[1_536 + offset] ^= 0x20
        #expect {
            try TarBytes.read(archive)
        } throws: { error in
            guard case .damaged(_, entriesBefore: 1, _) = error as? ArchiveError else { return false }
            return true
        }
    }

    @Test func `a damaged first header is no archive`() {
        var archive = Self.good
        archive[0] ^= 1
        #expect(throws: ArchiveError.damaged(.fatal, entriesBefore: 0, reason: "Unrecognized archive format")) {
            try TarBytes.read(archive)
        }
    }

    @Test func `nothing at all is no archive`() {
        #expect(throws: ArchiveError.self) { try TarBytes.read([]) }
    }

    @Test func `a sparse file of a tebibyte is refused before it is read`() throws {
        let folder = try CommandFolder()
        try #require(
            try folder.run("truncate -s 1T huge; tar --format=gnu -S -cf x huge; tar --format=pax -S -cf y huge") == 0)
        for name in ["x", "y"] {
            let archive = try folder.read(name)
            #expect(throws: ArchiveError.self) { try TarBytes.read(archive) }
        }
    }

    @Test func `a small sparse file is refused too`() throws {
        let folder = try CommandFolder()
        try #require(try folder.run("printf x > f; truncate -s 1M f; printf y >> f; tar --format=gnu -S -cf x f") == 0)
        #expect(throws: ArchiveError.sparse(path: "f")) { try TarBytes.read(folder.read("x")) }
    }

    @Test(arguments: [
        ("../x", MemberPath.Refusal.dotComponent), ("/etc/shadow", .absolute), ("a/../../x", .dotComponent),
        ("a\\b", .backslash),
        ("a\u{7}", .controlByte), ("a//b", .emptyComponent),
    ])
    func `a path that leaves, or is none, is refused`(name: String, refusal: MemberPath.Refusal) {
        #expect(throws: ArchiveError.path(name, refusal)) { try TarBytes.read(TarBytes.file(name, [1]) + TarBytes.end) }
    }

    @Test func `a path that is not UTF-8 is refused`() {
        let archive = TarBytes.header([0x66, 0xFF, 0x80], size: 0) + TarBytes.end
        #expect(throws: ArchiveError.path("f\u{FFFD}\u{FFFD}", .notUTF8)) { try TarBytes.read(archive) }
    }

    @Test(arguments: ["3", "4", "6"])
    func `a device or pipe is refused`(type: String) {
        let archive = TarBytes.header([0x61], size: 0, type: Character(type)) + TarBytes.end
        #expect(throws: ArchiveError.node(path: "a")) { try TarBytes.read(archive) }
    }

    @Test func `a header that is longer than any is refused before its entry`() {
        let comment = [UInt8](repeating: 0x61, count: 70_000)
        let archive = Self.good[..<2_560] + TarBytes.pax("comment", comment) + TarBytes.file("c", []) + TarBytes.end
        #expect(throws: ArchiveError.headerTooLarge(entriesBefore: 2, limit: .kibibytes(64))) {
            try TarBytes.read(Array(archive))
        }
    }

    @Test func `two things in one place, and something below a file, are refused`() {
        let twice = TarBytes.file("a", [1]) + TarBytes.file("./a", [1]) + TarBytes.end
        #expect(throws: ArchiveError.repeated(path: "a")) { try TarBytes.read(twice) }
        let below = TarBytes.file("a", [1]) + TarBytes.file("a/b/c", [1]) + TarBytes.end
        #expect(throws: ArchiveError.notBelowFolder(path: "a/b/c", file: "a")) { try TarBytes.read(below) }
    }

    @Test func `an entry without a name is refused`() {
        #expect(throws: ArchiveError.self) { try TarBytes.read(TarBytes.header([], size: 0) + TarBytes.end) }
    }

    @Test func `a negative size in a pax header is refused`() {
        let archive = TarBytes.pax("size", Array("-1".utf8)) + TarBytes.file("a", [1]) + TarBytes.end
        #expect(throws: ArchiveError.self) { try TarBytes.read(archive) }
    }

    @Test func `a malformed pax header is refused, though libarchive only warns`() {
        var archive = TarBytes.pax("path", Array("b".utf8)) + TarBytes.file("a", [1]) + TarBytes.end
        archive[512] = 0x78
        #expect(throws: ArchiveError.self) { try TarBytes.read(archive) }
    }

    @Test func `more entries than allowed are refused`() throws {
        let limits = ArchiveLimits(entries: 1)
        #expect(throws: ArchiveError.tooManyEntries(limit: 1)) { try TarBytes.read(Self.good, limits: limits) }
        #expect(try TarBytes.read(Self.good, limits: ArchiveLimits(entries: 2)).count == 2)
    }

    @Test func `a larger entry than allowed is refused by what it states`() throws {
        let limits = ArchiveLimits(entrySize: 699)
        #expect(throws: ArchiveError.entryTooLarge(path: "a", limit: 699)) {
            try TarBytes.read(Self.good, limits: limits)
        }
        #expect(try TarBytes.read(Self.good, limits: ArchiveLimits(entrySize: 700)).count == 2)
    }

    @Test func `more content than allowed is refused`() throws {
        #expect(throws: ArchiveError.tooLarge(limit: 700)) {
            try TarBytes.read(Self.good, limits: ArchiveLimits(totalSize: 700))
        }
        #expect(try TarBytes.read(Self.good, limits: ArchiveLimits(totalSize: 701)).count == 2)
    }

    @Test func `more than the caller takes is refused`() throws {
        var reader = try ArchiveReader(bytes: Self.good, accepting: .tar, filters: [])
        _ = try reader.next()
        #expect(throws: ArchiveError.entryTooLarge(path: "a", limit: 699)) { try reader.content(limit: 699) }
    }

    @Test(arguments: [("--gzip", ArchiveFilters.gzip), ("--zstd", .zstd)])
    func `a bomb of zeros is refused while it is passed over`(option: String, filter: ArchiveFilters) throws {
        let folder = try CommandFolder()
        try #require(try folder.run("truncate -s 200M zeros; tar \(option) -cf x zeros") == 0)
        var reader = try ArchiveReader(bytes: folder.read("x"), accepting: .tar, filters: filter)
        _ = try reader.next()
        #expect(throws: ArchiveError.suspiciousRatio(limit: 200)) { try reader.next() }
    }

    @Test func `a file that stands there twice is not chosen between`() throws {
        let archive = TarBytes.file("manifest.json", [1]) + TarBytes.file("./manifest.json", [2]) + TarBytes.end
        #expect(throws: ArchiveError.repeated(path: "manifest.json")) {
            try ArchiveReader(bytes: archive, accepting: .tar, filters: []).files(named: ["manifest.json"], limit: 10)
        }
    }
}
