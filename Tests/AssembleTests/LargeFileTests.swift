import Format
import LibCrypto
import Posix
import Testing
import Values

@testable import Assemble

/// Files whose size does not fit a ustar header. Only with SEALIFT_LARGE_TESTS=1: it takes minutes in a debug build.
@Suite struct LargeFileTests {
    @Test func `a file of 8 GiB and one byte is a tar that others list`() throws {
        guard System.environment("SEALIFT_LARGE_TESTS") == "1" else {
            return print("skipped: SEALIFT_LARGE_TESTS is not 1")
        }
        let fixture = try PackFixture()
        let file = fixture.scratch.path.appending("large")
        let size = ByteCount.gibibytes(8) + 1
        try FileDescriptor.open(file, .writeOnly, options: .create).truncate(to: size)
        let sum = try shell("sha256sum '\(file.text)' | cut -c 1-64 | tr -d '\\n'").text
        let content = Content(size: size, digest: try #require(SHA256Digest(hex: sum)))
        let items: [PayloadItem] = [
            .file(path("large"), Permissions(mode: .file), content, from: file),
            .literal(path("z"), Permissions(mode: .file), Array("after".utf8)),
        ]
        let (packed, folder) = try fixture.pack(items, volumeSize: .gibibytes(1))
        let names = packed.volumes.map(\.volume.name).joined(separator: " ")
        for tar in ["tar -tv", "bsdtar -tvf -"] {
            let outcome = try shell("cat \(names) | zstd -dc | \(tar)", in: folder)
            #expect(outcome.status == 0 && outcome.text.contains(" 8589934593 "), "\(outcome.text)")
            #expect(outcome.text.split(separator: "\n").count == 2)
        }
        #expect(try shell("cat \(names) | zstd -dc | tar -xO z", in: folder).text == "after")
    }
}
