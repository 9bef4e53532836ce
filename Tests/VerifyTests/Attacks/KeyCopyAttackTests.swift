import BundleFixture
import LibCrypto
import Posix
import Reporting
import Testing
import Values

@testable import Verify

/// Row S1: the bundle's own copy of a key, where the site pins a fingerprint only.
struct KeyCopyAttackTests {
    @Test func `copies of a key that are not the pinned one, or not in its one spelling`() throws {
        let victim = try Victim()
        let key = victim.signer.publicKey
        var row = Row("S1", "copies of a key beside a pinned fingerprint")
        for form in try forms(key, victim.signer) {
            try victim.overwrite(victim.keyName, form.bytes)
            row.judge(form.name, victim.verdict(try victim.fingerprintPolicy()), form.exit)
            // Who has the whole key reads no copy.
            row.judge(form.name + ", with the key at hand", victim.verdict(), .done)
        }
        try judgeBits(of: key, victim, &row)
        try Files.remove(victim.bundle.path.appending(victim.keyName))
        row.judge("none", victim.verdict(try victim.fingerprintPolicy()), .notTrusted)
        row.report(atLeast: 800)
    }

    private func judgeBits(of key: PublicKey, _ victim: Victim, _ row: inout Row) throws {
        for index in key.spki.indices {
            for bit in 0..<8 {
                var flipped = key.spki
                flipped[index] ^= 1 << UInt8(bit)
                try victim.overwrite(victim.keyName, pem(flipped))
                row.judge("byte \(index), bit \(bit)", victim.verdict(try victim.fingerprintPolicy()), .notTrusted)
            }
        }
    }

    private func pem(_ der: [UInt8], label: String = "PUBLIC KEY") -> [UInt8] {
        Array("-----BEGIN \(label)-----\n\(Base64.encode(der))\n-----END \(label)-----\n".utf8)
    }

    private func forms(_ key: PublicKey, _ signer: borrowing PrivateKey) throws -> [SignatureForm] {
        let good = Array(key.pem.utf8)
        let other = Array(try PrivateKey.generate(.ecdsaP256).publicKey.pem.utf8)
        let (x, y) = (Array(key.spki[27..<59]), Array(key.spki[59...]))
        let curve = DER.hex("301306072a8648ce3d020106082a8648ce3d030107")
        func info(_ algorithm: [UInt8], _ point: [UInt8]) -> [UInt8] {
            pem(DER.sequence(algorithm, DER.value(3, [0] + point)))
        }
        let text = String(decoding: good, as: UTF8.self)
        return [
            .init("the good one", good, .done),
            .init("words around it", Array("our key\n".utf8) + good + Array("the end\n".utf8), .done),
            .init("line ends of Windows", Array(text.replacing("\n", with: "\r\n").utf8), .done),
            .init("another key", other), .init("another key behind it", good + other),
            .init("another key before it", other + good),
            .init("the same key twice", good + good), .init("nothing", []), .init("no PEM", Array("hello\n".utf8)),
            .init("DER", key.spki), .init("its Base64 alone", Array(Base64.encode(key.spki).utf8)),
            .init("cut in the middle", good.prefix(80) + []), .init("without its end line", good.dropLast(27) + []),
            .init("another word in the end line", Array(text.replacing("END PUBLIC", with: "END PRIVATE").utf8)),
            .init("a private key", pem(key.spki, label: "PRIVATE KEY")),
            .init("a certificate", pem(key.spki, label: "CERTIFICATE")),
            .init("an RSA key", pem(key.spki, label: "RSA PUBLIC KEY")), .init("a byte more", pem(key.spki + [0])),
            .init("a byte less", pem(Array(key.spki.dropLast()))),
            .init("two keys in one block", pem(key.spki + key.spki)),
            .init("no bytes", pem([])), .init("no Base64", Array(text.replacing("M", with: "*").utf8)),
            .init("a compressed point", info(curve, [y[31] & 1 == 0 ? 2 : 3] + x)),
            .init("a hybrid point", info(curve, [y[31] & 1 == 0 ? 6 : 7] + x + y)),
            .init("the point at infinity", info(curve, [0])), .init("a point off the curve", info(curve, [4] + x + x)),
            .init("coordinates of zero", info(curve, [4] + [UInt8](repeating: 0, count: 64))),
            .init("the other root", info(curve, [4] + x + DER.difference(Self.prime, y))),
            .init("x and y swapped", info(curve, [4] + y + x)),
            .init("the curve secp256k1", info(DER.hex("301006072a8648ce3d020106052b8104000a"), [4] + x + y)),
            .init("no curve", info(DER.hex("300906072a8648ce3d0201"), [4] + x + y)),
            .init("the curve as NULL", info(DER.hex("300b06072a8648ce3d02010500"), [4] + x + y)),
            .init("Ed25519 of its x", pem(DER.hex("302a300506032b6570032100") + x)),
            .init("lengths in two bytes", pem([0x30, 0x81, 0x59] + key.spki.dropFirst(2))),
            .init("no length", pem([0x30, 0x80] + key.spki.dropFirst(2) + [0, 0])),
            .init("4 096 bytes", good + [UInt8](repeating: 0x0A, count: 4_096 - good.count), .done),
            .init("4 097 bytes", good + [UInt8](repeating: 0x0A, count: 4_097 - good.count), .damaged),
            .init("1 MiB", [UInt8](repeating: 0x0A, count: 1 << 20), .damaged),
        ]
    }

    /// The prime of P-256 (SP 800-186 §3.2.1.3).
    private static let prime = DER.hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
}
