import Format
import LibCrypto
import Posix
import Report
import Sign
import Testing
import Values

@testable import Assemble

/// What stock tools say about our output, by the lines that README.txt gives.
@Suite struct JudgeTests {
    let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    /// The lines of README.txt that are commands: indented by four, in order.
    private func commands() throws -> [String] {
        let text = String(
            decoding: try Files.read(fixture.bundle.appending("README.txt"), limit: .mebibytes(1)), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
    }

    private func command(_ start: String) throws -> String {
        try #require(try commands().first { $0.hasPrefix(start) })
    }

    /// Runs the line that begins with `start`, after the two that set `key` and `id`.
    private func verify(_ start: String, key: FilePath) throws -> ToolOutcome {
        let lines = ["key='\(key.text)'", try command("id="), try command(start)]
        return try shell(lines.joined(separator: "\n"), in: fixture.bundle)
    }

    @Test(arguments: [
        (SignatureAlgorithm.ecdsaP256, "openssl dgst"), (.ed25519, "openssl pkeyutl"),
    ])
    func `openssl and sha256sum vouch for a bundle, and not for a changed one`(
        algorithm: SignatureAlgorithm, line: String
    ) throws {
        let key = try fixture.writeSigned(algorithm)
        let outcome = try verify(line, key: key)
        #expect(outcome.status == 0, "\(outcome.text)")
        for file in ["report.html", "payload-001.tar.zst", "SHA256SUMS", "sealift-install"] {
            let path = fixture.bundle.appending(file)
            let bytes = try Files.read(path, limit: .mebibytes(64))
            var damaged = bytes
            damaged[damaged.count / 2] ^= 1
            try Files.replace(path, with: damaged)
            #expect(try verify(line, key: key).status != 0, "\(file)")
            try Files.replace(path, with: bytes)
        }
        #expect(try verify(line, key: key).status == 0)
    }

    @Test func `another key does not vouch`() throws {
        _ = try fixture.writeSigned(.ecdsaP256)
        let other = fixture.pack.scratch.path.appending("other.pub")
        try Files.replace(other, with: Array(try PrivateKey.generate(.ecdsaP256).publicKey.pem.utf8))
        #expect(try verify("openssl dgst", key: other).status != 0)
    }

    @Test func `the line that looks inside lists the payload, and no volume that is not signed`() throws {
        let written = try fixture.write()
        try Files.replace(fixture.bundle.appending("payload-000.tar.zst"), with: Array("not ours".utf8))
        let outcome = try shell(try command("sed "), in: fixture.bundle)
        #expect(outcome.status == 0, "\(outcome.text)")
        let names = written.manifest.entries.map { $0.path.text + ($0.isDirectory ? "/" : "") }
        #expect(outcome.text.split(separator: "\n").map(String.init) == names)
    }

    @Test func `zstd finds every volume sound by itself`() throws {
        let written = try fixture.write()
        for volume in written.manifest.volumes {
            #expect(try shell("zstd -tq \(volume.name)", in: fixture.bundle).status == 0)
        }
    }

    /// Programs that unpack a tar from standard input into the current folder.
    @Test(arguments: [
        "tar -xpf -", "bsdtar -xpf -",
        "python3 -c 'import sys, tarfile; tarfile.open(fileobj=sys.stdin.buffer, mode=\"r|\").extractall(\".\")'",
    ])
    func `what others unpack is what was packed`(unpack: String) throws {
        let written = try fixture.write()
        let folder = try fixture.pack.scratch.folder("unpacked")
        let volumes = written.manifest.volumes.map { "'\(fixture.bundle.appending($0.name).text)'" }.joined(
            separator: " ")
        let outcome = try shell("cat \(volumes) | zstd -dc | \(unpack)", in: folder)
        #expect(outcome.status == 0, "\(outcome.text)")
        for entry in written.manifest.entries {
            let place = folder.appending(entry.path)
            let found = try #require(try Files.information(place), "\(entry.path)")
            if let permissions = entry.permissions { #expect(found.mode == permissions.mode.bits, "\(entry.path)") }
            switch entry.kind {
            case .directory: #expect(found.kind == .directory)
            case .link(let target): #expect(try shell("readlink '\(place.text)'").text == target + "\n")
            case .file(_, let content), .template(_, let content, _, _):
                let bytes = try Files.read(place, limit: .mebibytes(64))
                #expect(Content(size: ByteCount(bytes.count), digest: .of(bytes)) == content, "\(entry.path)")
            }
        }
        #expect(
            try shell("find . -type f -o -type l | wc -l", in: folder).text
                == "\(written.manifest.entries.filter { !$0.isDirectory }.count)\n")
    }

    @Test func `an image archive is a tar that others read, with the blobs as they were`() throws {
        try fixture.write()
        let folder = try fixture.pack.scratch.folder("images")
        let line = "cat '\(fixture.bundle.text)'/payload-001.tar.zst | zstd -dc | tar -xO images.tar"
        #expect(
            try shell(
                "\(line) | tar -xf - && cd blobs/sha256 && for blob in *; do echo \"$blob  $blob\"; done | sha256sum -c",
                in: folder
            ).status == 0)
        let listing = try shell("\(line) | tar -tv --utc", in: folder).text
        #expect(
            listing.split(separator: "\n").allSatisfy {
                $0.hasPrefix("-rw-r--r-- 0/0") && $0.contains("1970-01-01 00:00")
            })
        #expect(listing.split(separator: "\n").count == 3)
    }
}
