import BundleFixture
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Verify

/// Row S1: signatures that must not count.
struct SignatureAttackTests {
    @Test func `forms of an ECDSA signature`() throws {
        let victim = try Victim(.ecdsaP256, prefersRare: true)
        var row = Row("S1", "forms of an ECDSA signature")
        var forms = SignatureForm.ofAny(victim.signature) + SignatureForm.ofECDSA(victim.signature)
        // The zero that keeps r from reading as negative, left out.
        let (r, s) = DER.numbers(of: victim.signature)
        forms.append(.init("r without its zero", DER.sequence(DER.integer(r), DER.integer(s))))
        forms += try others(victim)
        try judge(forms, &row, victim)
        row.report(atLeast: 110)
    }

    @Test func `forms of an Ed25519 signature`() throws {
        let victim = try Victim(.ed25519)
        var row = Row("S1", "forms of an Ed25519 signature")
        var forms = SignatureForm.ofAny(victim.signature) + SignatureForm.ofEd25519(victim.signature)
        forms += try others(victim)
        try judge(forms, &row, victim)
        row.report(atLeast: 70)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `bits and lengths of a signature`(algorithm: SignatureAlgorithm) throws {
        let victim = try Victim(algorithm)
        var bits = Row("S1", "bits of an \(algorithm.rawValue) signature flipped")
        for index in victim.signature.indices {
            for bit in 0..<8 {
                var flipped = victim.signature
                flipped[index] ^= 1 << UInt8(bit)
                try victim.overwrite(victim.name, flipped)
                bits.judge("byte \(index), bit \(bit)", victim.verdict(), .notTrusted)
            }
        }
        bits.report(atLeast: 500)
        var lengths = Row("S1", "lengths of an \(algorithm.rawValue) signature")
        for length in victim.signature.indices {
            for form in [victim.signature.prefix(length), victim.signature.suffix(length)] {
                try victim.overwrite(victim.name, Array(form))
                lengths.judge("\(length) bytes", victim.verdict(), .notTrusted)
            }
        }
        lengths.report(atLeast: 120)
    }

    /// Signatures that are good, of something or somebody else.
    private func others(_ victim: Victim) throws -> [SignatureForm] {
        let (root, algorithm) = (victim.root, victim.signer.publicKey.algorithm)
        let another = try PrivateKey.generate(algorithm)
        let kind: SignatureAlgorithm = algorithm == .ed25519 ? .ecdsaP256 : .ed25519
        let manifest = try Files.read(victim.bundle.path.appending(BundleFile.manifest), limit: .mebibytes(1))
        let elsewhere = try Victim(algorithm, sequence: 2)
        return [
            .init("another key's", try another.sign(root)),
            .init("another algorithm's", try PrivateKey.generate(kind).sign(root)),
            .init("over another bundle's root", try victim.signer.sign(elsewhere.root)),
            .init("over the root and a line feed", try victim.signer.sign(root + [0x0A])),
            .init("over the root without its last byte", try victim.signer.sign(root.dropLast())),
            .init("over the root's digest", try victim.signer.sign(SHA256Digest.of(root).bytes)),
            .init("over the digest's digits", try victim.signer.sign(Array(SHA256Digest.of(root).hex.utf8))),
            .init("over the manifest", try victim.signer.sign(manifest)),
            .init("over nothing", try victim.signer.sign([])),
            .init("over a line of the root", try victim.signer.sign(Array(root.prefix(while: { $0 != 0x0A })))),
            .init("the root itself", root), .init("another bundle's, by its own key", elsewhere.signature),
        ]
    }

    private func judge(_ forms: [SignatureForm], _ row: inout Row, _ victim: Victim) throws {
        for form in forms {
            try victim.overwrite(victim.name, form.bytes)
            row.judge(form.name, victim.verdict(), form.exit)
            if form.exit != .done {
                row.judge(form.name + ", by fingerprint", victim.verdict(try victim.fingerprintPolicy()), form.exit)
            }
        }
        try victim.overwrite(victim.name, victim.signature)
        #expect(victim.verdict() == .done)
    }

    /// The folder `signatures/`, and which names in it count for whom.
    @Test func `names and numbers of signatures`() throws {
        var row = Row("S1", "names and numbers of signatures")
        let names: [(String, (Victim, String) throws -> Void)] = [
            ("gone", { victim, path in try Files.remove(FilePath(path)) }),
            (
                "the whole folder gone",
                { victim, _ in try Files.removeTree(victim.bundle.path.appending("signatures")) }
            ),
            ("under a capital name", { victim, path in try Self.move(victim, victim.name.uppercased()) }),
            (
                "under the whole fingerprint",
                { victim, _ in try Self.move(victim, "signatures/\(victim.signer.publicKey.fingerprint.hex).sig") }
            ),
            ("under a shorter name", { victim, _ in try Self.move(victim, String(victim.name.dropLast(5)) + ".sig") }),
            ("under another ending", { victim, _ in try Self.move(victim, victim.name + ".asc") }),
            ("beside the root", { victim, _ in try Self.move(victim, "SHA256SUMS.sig") }),
            (
                "a folder deeper",
                { victim, _ in try Self.move(victim, "signatures/a/\(victim.signer.publicKey.keyID).sig") }
            ),
            ("under another key's name", { victim, _ in try Self.move(victim, "signatures/0123456789abcdef.sig") }),
            ("as a .pub", { victim, _ in try Self.move(victim, victim.keyName + ".sig") }),
        ]
        for (name, change) in names {
            let victim = try Victim()
            try change(victim, victim.bundle.path.appending(victim.name).text)
            row.judge(name, victim.verdict(), .notTrusted)
            row.judge(name + ", by fingerprint", victim.verdict(try victim.fingerprintPolicy()), .notTrusted)
        }
        try judgeThresholds(&row)
        row.report(atLeast: 36)
    }

    private static func move(_ victim: Victim, _ name: String) throws {
        let place = victim.bundle.path.appending(name)
        try Files.makeDirectories(place.parent)
        try Files.rename(victim.bundle.path.appending(victim.name), to: place)
    }

    /// Two of three keys; who has signed how often.
    private func judgeThresholds(_ row: inout Row) throws {
        let victim = try Victim()
        let one = try PrivateKey.generate(.ecdsaP256)
        let two = try PrivateKey.generate(.ed25519)
        let three = try PrivateKey.generate(.ecdsaP256)
        let keys = [victim.signer.publicKey, two.publicKey, three.publicKey]
        let pins = keys.map { Pin($0, origin: "a key") }
        let again = try keys.map { try #require(Pin(fingerprint: $0.fingerprint.hex, origin: "its fingerprint")) }
        func judge(_ name: String, _ pins: [Pin], _ threshold: Int, trusted: Bool = false) {
            row.judge(
                name, victim.verdict(TrustPolicy(pins: pins, threshold: threshold)), trusted ? .done : .notTrusted)
        }
        judge("one of one", pins, 1, trusted: true)
        for threshold in [2, 3, 4, Int.max] { judge("one signature for \(threshold)", pins, threshold) }
        judge("a key and its fingerprint for two", [pins[0], again[0]], 2)
        judge("one key five times for two", [pins[0], pins[0], again[0], again[0], pins[0]], 2)
        // A signature of the first key under the second's name, and one of a stranger.
        try victim.put("signatures/\(two.publicKey.keyID).sig", try victim.signer.sign(victim.root))
        judge("one key's second signature under another's name", pins, 2)
        judge("that, where one is enough, is an attack seen", pins, 1)
        try victim.put("signatures/\(two.publicKey.keyID).sig", try one.sign(victim.root))
        judge("a stranger's under a pinned name", pins, 2)
        try victim.put("signatures/\(two.publicKey.keyID).sig", victim.signature)
        judge("the same bytes under two names", pins, 2)
        try victim.put("signatures/\(one.publicKey.keyID).sig", try one.sign(victim.root))
        judge("a stranger's beside a bad one", pins, 2)
        try victim.put("signatures/\(two.publicKey.keyID).sig", try two.sign(victim.root))
        judge("two of three", pins, 2, trusted: true)
        judge("two of three, for three", pins, 3)
        judge("two keys twice each for three", Array(pins[..<2] + again[..<2]), 3)
        try victim.put("signatures/\(three.publicKey.keyID).sig", try three.sign(victim.root + [0]))
        judge("a third one that is bad, where two are enough", pins, 2)
    }
}
