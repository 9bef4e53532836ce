import BundleFixture
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// The order of trust over plain files (docs/format.md §8.3).
struct PlainFilesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let files: TinyBundle.Contents = [
        "setup.msi": (0..<5_000).map { UInt8(truncatingIfNeeded: $0 * 7 >> 3) }, "images/a.tar": [1, 2, 3],
        "images/empty": [],
    ]

    private func bundle(
        lines: (inout [(name: String, bytes: [UInt8])]) -> Void = { _ in }
    ) throws -> TinyBundle {
        let entries = try [Sample.directory("images")] + Self.files.map { try Sample.file($0.key, $0.value) }
        var manifest = try Sample.skeleton(entries)
        manifest.target = .init(
            profile: "aks-edge", version: Version("1.11.247.0+k3s"), os: .windows, architecture: .amd64)
        return try TinyBundle(plainAt: folder.path, skeleton: manifest, contents: Self.files, lines: lines)
    }

    private func open(_ bundle: TinyBundle) throws -> VerifiedBundle {
        try UntrustedBundle(opening: bundle.path).verified(under: TrustPolicy(pins: [Pin(bundle.key, origin: "t")]))
    }

    private func verify(_ bundle: TinyBundle, deep: Bool = false) throws {
        let opened = try open(bundle)
        _ = try opened.verifyFiles()
        try opened.verifyPayload(deep: deep, workers: 2, progress: SilentProgress())
    }

    @Test(arguments: [false, true])
    func `a good bundle passes`(deep: Bool) throws {
        let bundle = try bundle()
        try verify(bundle, deep: deep)
        #expect(try open(bundle).payloadSize == 5_003)
        #expect(try open(bundle).unnamedVolumes() == [])
    }

    @Test func `every byte of a plain file flipped is refused, naming it`() throws {
        let bundle = try bundle()
        let path = bundle.path.appending("payload/setup.msi")
        let original = try Files.read(path, limit: .mebibytes(1))
        for index in stride(from: 0, to: original.count, by: 97) {
            var bytes = original
            bytes[index] ^= 1 << UInt8(index % 8)
            try Files.replace(path, with: bytes)
            #expect(throws: VerifyError.wrongDigest(name: "payload/setup.msi")) { try verify(bundle) }
        }
    }

    @Test func `a plain file that is cut, longer, missing or a link is refused`() throws {
        let bundle = try bundle()
        let (name, path) = ("payload/images/a.tar", bundle.path.appending("payload/images/a.tar"))
        for bytes in [[1, 2], [1, 2, 3, 4], []] as [[UInt8]] {
            try Files.replace(path, with: bytes)
            #expect(throws: VerifyError.wrongSize(name: name, expected: 3, found: ByteCount(bytes.count))) {
                try verify(bundle)
            }
        }
        try Files.remove(path)
        #expect(throws: VerifyError.missing(name: name)) { try verify(bundle) }
        try DirectoryHandle.open(path.parent).makeSymbolicLink(MemberPath(validating: "a.tar"), target: "../setup.msi")
        #expect(throws: VerifyError.notRegular(name: name)) { try verify(bundle) }
    }

    @Test func `a folder that is a link is refused`() throws {
        let bundle = try bundle()
        let payload = try DirectoryHandle.open(bundle.path.appending("payload"))
        try payload.rename(try MemberPath(validating: "images"), to: try MemberPath(validating: "other"))
        try payload.makeSymbolicLink(try MemberPath(validating: "images"), target: "other")
        #expect(throws: VerifyError.notRegular(name: "payload/images/a.tar")) { try verify(bundle) }
    }

    @Test func `a file that the manifest does not know, or knows otherwise, is refused before anything is read`()
        throws
    {
        let surplus = try bundle { $0.append(("payload/extra", [1])) }
        #expect(throws: VerifyError.surplusVolume(name: "payload/extra")) { try open(surplus) }
        try Files.removeTree(surplus.path)
        let other = try bundle { lines in
            let index = lines.firstIndex { $0.name == "payload/setup.msi" } ?? 0
            lines[index].bytes = [7]
        }
        #expect(throws: VerifyError.contradiction(name: "payload/setup.msi")) { try open(other) }
        try Files.removeTree(other.path)
        let fewer = try bundle { $0.removeAll { $0.name == "payload/setup.msi" } }
        #expect(throws: VerifyError.missing(name: "payload/setup.msi")) { try open(fewer) }
    }

    @Test func `files that SHA256SUMS does not name are told, and not read`() throws {
        let bundle = try bundle()
        try Files.replace(bundle.path.appending("payload/images/more.tar"), with: [9])
        try Files.replace(bundle.path.appending("payload/autorun.inf"), with: [9])
        try verify(bundle)
        #expect(try open(bundle).unnamedVolumes() == ["payload/autorun.inf", "payload/images/more.tar"])
    }

    @Test func `a plain file is read whole, and its damage is told at the end`() throws {
        let bundle = try bundle()
        let opened = try open(bundle)
        let index = try #require(opened.manifest.entries.firstIndex { $0.path.text == "setup.msi" })
        var bytes: [UInt8] = []
        try opened.readPlainFile(index) { part, _ in bytes += part }
        #expect(bytes == Self.files["setup.msi"])
        try bundle.tamper("payload/setup.msi") { $0[9] ^= 1 }
        #expect(throws: VerifyError.wrongDigest(name: "payload/setup.msi")) {
            try opened.readPlainFile(index) { _, _ in }
        }
    }
}
