import BundleFixture
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

extension TinyBundle {
    static let files: Contents = [
        "etc/hostname": Array("line7\n".utf8),
        "var/images.tar": (0..<5_000).map { UInt8(truncatingIfNeeded: $0 * 7 >> 3) },
    ]

    /// Eight chunks in four volumes, and more for `noise` bytes that zstd cannot make smaller.
    static func small(
        in folder: TemporaryFolder, noise: Int = 0, step: Int = 1_000, change: (inout Manifest) -> Void = { _ in }
    ) throws -> TinyBundle {
        var files = files
        var state = UInt64(7)
        if noise > 0 {
            files["var/noise"] = (0..<noise).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        }
        let entries =
            try [
                Sample.directory("etc"), Sample.link("etc/link", to: "hostname"), Sample.directory("var"),
            ] + files.map { try Sample.file($0.key, $0.value) }
        return try TinyBundle(
            at: folder.path, skeleton: Sample.skeleton(entries), contents: files, step: step, change: change)
    }
}

struct PayloadTests {
    let folder: TemporaryFolder
    let bundle: TinyBundle

    init() throws {
        folder = try TemporaryFolder()
        bundle = try TinyBundle.small(in: folder)
    }

    private func open() throws -> VerifiedBundle {
        try UntrustedBundle(opening: bundle.path).verified(under: TrustPolicy(pins: [Pin(bundle.key, origin: "t")]))
    }

    private func verify(deep: Bool = false) throws {
        try open().verifyPayload(deep: deep, workers: 2, progress: SilentProgress())
    }

    @Test(arguments: [false, true])
    func `a good bundle passes`(deep: Bool) throws { try verify(deep: deep) }

    @Test func `the plain bytes arrive whole, each chunk once`() throws {
        let opened = try open()
        let found = Collected()
        try opened.forEachChunk(
            in: Array(opened.manifest.chunks.indices), workers: 2, phase: .apply, progress: SilentProgress()
        ) { index, bytes in found.add(index, Array(bytes)) }
        #expect(found.joined() == opened.layout.bytes(contents: TinyBundle.files))
    }

    @Test func `every byte of every volume flipped is refused, naming volume and content`() throws {
        var refused = 0
        for volume in bundle.manifest.volumes {
            let original = try Files.read(bundle.path.appending(volume.name), limit: .mebibytes(1))
            for index in stride(from: 0, to: original.count, by: 3) {
                try bundle.tamper(volume.name) {
                    $0 = original; $0[index] ^= 1 << UInt8(index % 8)
                }
                do {
                    try verify()
                    Issue.record("byte \(index) of \(volume.name) was flipped and nobody saw it")
                } catch VerifyError.damagedChunk(_, volume.name, let offset, _, .stored) {
                    #expect(offset <= index)
                    refused += 1
                }
            }
            try bundle.tamper(volume.name) { $0 = original }
        }
        print("payload bytes flipped and refused: \(refused)")
    }

    /// What is done to the folder.
    enum VolumeAttack: CaseIterable {
        case missing, cut, longer, empty, swapped, folder, link, pipe

        static let volume = "payload-002.tar.zst"

        func apply(to bundle: TinyBundle) throws {
            switch self {
            case .missing: try Files.remove(bundle.path.appending(Self.volume))
            case .cut: try bundle.tamper(Self.volume) { $0.removeLast() }
            case .longer: try bundle.tamper(Self.volume) { $0.append(0) }
            case .empty: try bundle.tamper(Self.volume) { $0 = [] }
            case .swapped: try bundle.swap("payload-001.tar.zst", Self.volume)
            case .folder: try bundle.replace(Self.volume, with: .folder)
            case .link: try bundle.replace(Self.volume, with: .link)
            case .pipe: try bundle.replace(Self.volume, with: .pipe)
            }
        }

        /// What the refusal says.
        var words: String {
            switch self {
            case .missing: "\"payload-002.tar.zst\", volume 2 of 5, is missing"
            case .cut, .longer, .empty: "were signed"
            case .swapped: "payload-001.tar.zst"
            case .folder, .link, .pipe: "not a regular file"
            }
        }
    }

    @Test(arguments: VolumeAttack.allCases)
    func refuses(attack: VolumeAttack) throws {
        try attack.apply(to: bundle)
        do {
            try verify()
            Issue.record("\(attack) was accepted")
        } catch let error as VerifyError {
            #expect(error.diagnostic.exitCode == .damaged)
            #expect(error.diagnostic.message.contains(attack.words), "\(error.diagnostic.message)")
            #expect(error.diagnostic.next != nil)
        }
    }

    @Test func `an unnamed volume is not read, and is reported`() throws {
        try Files.replace(bundle.path.appending("payload-000.tar.zst"), with: [1, 2, 3])
        try verify()
        #expect(try open().unnamedVolumes() == ["payload-000.tar.zst"])
    }

    @Test func `a signed line of SHA256SUMS that does not fit its volume is found, as by sha256sum`() throws {
        let signer = try PrivateKey.generate(.ecdsaP256)
        let lines = try open().sums.lines.map { line in
            (name: line.name, digest: line.name == "payload-002.tar.zst" ? SHA256Digest.of([1]) : line.digest)
        }
        try bundle.write(sums: SHA256Sums(lines).bytes, signedBy: signer)
        let policy = TrustPolicy(pins: [Pin(signer.publicKey, origin: "t")])
        let opened = try UntrustedBundle(opening: bundle.path).verified(under: policy)
        for deep in [false, true] {
            #expect(throws: VerifyError.wrongDigest(name: "payload-002.tar.zst")) {
                try opened.verifyPayload(deep: deep, workers: 2, progress: SilentProgress())
            }
        }
    }

    @Test func `damage of a page for people is a warning, of anything else a refusal`() throws {
        try bundle.tamper("README.txt") { $0[0] ^= 1 }
        #expect(try open().verifyFiles() == [.wrongDigest(name: "README.txt")])
        try bundle.tamper("install.sh") { $0[0] ^= 1 }
        #expect(throws: VerifyError.wrongDigest(name: "install.sh")) { _ = try open().verifyFiles() }
    }

    @Test func `a manifest that lies about a file is found when every entry is checked`() throws {
        let other = try TemporaryFolder()
        let lying = try TinyBundle.small(in: other) { manifest in
            for index in manifest.entries.indices where manifest.entries[index].path.text == "etc/hostname" {
                manifest.entries[index].kind = .file(Permissions(mode: .file), Content(of: Array("LINE7\n".utf8)))
            }
        }
        let opened = try UntrustedBundle(opening: lying.path).verified(
            under: TrustPolicy(pins: [Pin(lying.key, origin: "t")]))
        try opened.verifyPayload(deep: false, workers: 1, progress: SilentProgress())
        #expect(throws: VerifyError.wrongEntry(try Sample.path("etc/hostname"))) {
            try opened.verifyPayload(deep: true, workers: 1, progress: SilentProgress())
        }
    }

    @Test func `a manifest that lies about a mode is found by the tar stream`() throws {
        let other = try TemporaryFolder()
        let lying = try TinyBundle.small(in: other) { manifest in
            for index in manifest.entries.indices where manifest.entries[index].path.text == "etc/hostname" {
                manifest.entries[index].kind = .file(Permissions(mode: .executable), Content(of: Array("line7\n".utf8)))
            }
        }
        let opened = try UntrustedBundle(opening: lying.path).verified(
            under: TrustPolicy(pins: [Pin(lying.key, origin: "t")]))
        do throws(VerifyError) {
            try opened.verifyPayload(deep: true, workers: 1, progress: SilentProgress())
            Issue.record("another mode was accepted")
        } catch {
            guard case .damagedChunk(_, _, _, _, .layout) = error else { throw error }
        }
    }
}
