import Counting
import LibCrypto
import Reporting
import StockTools
import Testing
import Values

/// Row S1 of the test matrix, the share of CMS: each attack is made with a real company's tools or by hand, and has its own refusal.
@Suite struct HostileCMSTests {
    private static let content = Array(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  manifest.json\n".utf8)

    struct Attack {
        let name: String
        let refusal: CertificateError
        var root = "root"
        let message: (CompanyPKI) throws -> [UInt8]

        init(
            _ name: String, _ refusal: CertificateError, root: String = "root",
            _ message: @escaping (CompanyPKI) throws -> [UInt8]
        ) {
            (self.name, self.refusal, self.root, self.message) = (name, refusal, root, message)
        }
    }

    /// libcrypto's reasons (X509_STORE_CTX_get_error(3)).
    private static func noChain(_ code: Int, _ subject: String) -> CertificateError {
        .noChain(code: code, reason: reasons[code] ?? "", subject: "O=Company, CN=\(subject)")
    }

    private static let reasons = [
        7: "certificate signature failure", 18: "self-signed certificate", 20: "unable to get local issuer certificate",
        22: "certificate chain too long", 25: "path length constraint exceeded",
        32: "key usage does not include certificate signing",
        34: "unhandled critical extension", 47: "permitted subtree violation", 66: "EE certificate key too weak",
        67: "CA certificate key too weak", 68: "CA signature digest algorithm too weak",
        79: "invalid CA certificate",
    ]

    private static func subject(_ name: String) -> String { "O=Company, CN=\(name)" }

    private static func good(_ company: CompanyPKI) throws -> [UInt8] { try company.cms(over: content) }

    /// The message of a signer with these extensions, directly below the root.
    private static func signed(
        use: String = CompanyPKI.Use.signer, key: String = CompanyPKI.Key.p256, digest: String = "sha256"
    ) -> (CompanyPKI) throws -> [UInt8] {
        { company in
            try company.issue("odd", by: "root", key: key, use: use, digest: digest)
            return try company.cms(over: content, signer: "odd", chain: [])
        }
    }

    /// The good message, changed by hand.
    private static func changed(_ change: @escaping (inout DERTree) -> Void) -> (CompanyPKI) throws -> [UInt8] {
        { company in
            var tree = DERTree(reading: try good(company)[...])
            change(&tree)
            return tree.encoded
        }
    }

    private static let null = DERTree(0x05, [])
    private static let data: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]

    // Where things are in the good message: ContentInfo { oid, [0] { SignedData } }; SignedData { version, digests, content, [0] certificates,
    // signers }; SignerInfo { version, issuer and serial, digest, [0] attributes, algorithm, signature }.
    private static var frames: [Attack] {
        [
            Attack("empty", .malformed(.message, .truncated)) { _ in [] },
            Attack("random bytes", .malformed(.message, .unexpected)) { _ in Array(repeating: 7, count: 999) },
            Attack("text", .malformed(.message, .truncated)) { _ in Array("-----BEGIN CMS-----\n".utf8) },
            Attack("cut in the middle", .malformed(.message, .truncated)) { Array(try good($0).dropLast(500)) },
            Attack("one byte behind it", .malformed(.message, .surplus)) { try good($0) + [0] },
            Attack("a second message behind it", .malformed(.message, .surplus)) { try good($0) + good($0) },
            Attack("64 KiB and one byte", .tooLong) { try good($0) + [UInt8](repeating: 0, count: 65_537) },
            Attack("indefinite lengths", .malformed(.message, .indefiniteLength)) {
                try $0.cms(over: content, options: "-stream")
            },
            Attack("a length in more bytes than it needs", .malformed(.message, .longLength)) {
                let bytes = try good($0)
                return [0x30, 0x83, 0] + bytes[2...]
            },
            Attack("a length of eight bytes", .malformed(.message, .longLength)) {
                [0x30, 0x88, 0, 0, 0, 0, 0, 0, 4, 0] + (try good($0))
            },
            Attack("encrypted data", .notSignedData) {
                try $0.succeed("openssl cms -encrypt -binary -in root.pem -outform DER -out e.cms -aes256 leaf.pem")
                return try $0.folder.read("e.cms")
            },
            Attack("a digest only", .notSignedData) {
                try $0.succeed("openssl cms -digest_create -binary -in root.pem -outform DER -out d.cms")
                return try $0.folder.read("d.cms")
            },
            Attack(
                "something behind the content info", .malformed(.message, .surplus),
                changed { $0.children.append(null) }),
            Attack(
                "something behind the signed data", .malformed(.message, .surplus),
                changed { $0[1].children.append(null) }),
            Attack(
                "something behind the signers", .malformed(.message, .surplus),
                changed { $0[1, 0].children.append(null) }),
            Attack("version 0", .wrongVersion, changed { $0[1, 0, 0].bytes = [0] }),
            Attack("version 3 without need", .wrongVersion, changed { $0[1, 0, 0].bytes = [3] }),
            Attack("version 1 in two bytes", .wrongVersion, changed { $0[1, 0, 0].bytes = [0, 1] }),
            Attack("the signer's version 3 without need", .wrongVersion, changed { $0[1, 0, 4, 0, 0].bytes = [3] }),
            Attack("the content inside", .attachedContent) { try $0.cms(over: content, options: "-nodetach") },
            Attack(
                "empty content inside", .attachedContent,
                changed { $0[1, 0, 2].children.append(DERTree(0xA0, children: [DERTree(0x04, [])])) }),
            Attack("content of another kind", .wrongContentType, changed { $0[1, 0, 2, 0].bytes[8] = 2 }),
            Attack("content of another kind, as signed", .wrongContentType) {
                try $0.cms(over: content, options: "-econtent_type 1.2.3.4")
            },
        ]
    }

    private static var digests: [Attack] {
        [
            Attack("SHA-1", .unsupportedDigest) { try $0.cms(over: content, digest: "sha1") },
            Attack("SHA-512", .unsupportedDigest) { try $0.cms(over: content, digest: "sha512") },
            Attack("SHA-384", .unsupportedDigest) { try $0.cms(over: content, digest: "sha384") },
            Attack("no digest algorithm", .unsupportedDigest, changed { $0[1, 0, 1].children = [] }),
            Attack(
                "two digest algorithms", .unsupportedDigest, changed { $0[1, 0, 1].children.append($0[1, 0, 1, 0]) }),
            Attack(
                "a digest with parameters", .unsupportedDigest,
                changed { $0[1, 0, 1, 0].children = [$0[1, 0, 1, 0, 0], DERTree(0x04, [1])] }),
            Attack("the signer's digest is another", .unsupportedDigest, changed { $0[1, 0, 4, 0, 2, 0].bytes[8] = 2 }),
            Attack("of other content", .wrongMessageDigest) { try $0.cms(over: content + [0x0A]) },
            Attack("of the content in mail's line ends", .wrongMessageDigest) {
                try $0.cms(over: content, binary: false)
            },
            Attack(
                "the digest of other content", .wrongMessageDigest,
                changed { $0[1, 0, 4, 0, 3, 2, 1, 0].bytes = SHA256Digest.of([1]).bytes }),
            Attack("a digest and a byte", .wrongMessageDigest, changed { $0[1, 0, 4, 0, 3, 2, 1, 0].bytes.append(0) }),
        ]
    }

    private static var signers: [Attack] {
        [
            Attack("no signer", .signerCount(0), changed { $0[1, 0, 4].children = [] }),
            Attack("two signers", .signerCount(2)) {
                try $0.issue("second", by: "inter")
                return try $0.cms(over: content, options: "-signer second.pem -inkey second.key")
            },
            Attack("a second signer whom nobody knows", .signerCount(2)) {
                try $0.root("stranger", use: CompanyPKI.Use.signer)
                return try $0.cms(over: content, options: "-signer stranger.pem -inkey stranger.key")
            },
            Attack("the signer twice", .signerCount(2), changed { $0[1, 0, 4].children.append($0[1, 0, 4, 0]) }),
            Attack("no signed attributes", .signedAttributes) { try $0.cms(over: content, options: "-noattr") },
            Attack("empty signed attributes", .signedAttributes, changed { $0[1, 0, 4, 0, 3].children = [] }),
            Attack("no content type", .signedAttributes, changed { $0[1, 0, 4, 0, 3].children.remove(at: 0) }),
            Attack("no digest of the message", .signedAttributes, changed { $0[1, 0, 4, 0, 3].children.remove(at: 2) }),
            Attack(
                "the content type twice", .signedAttributes,
                changed { $0[1, 0, 4, 0, 3].children.insert($0[1, 0, 4, 0, 3, 0], at: 0) }),
            Attack(
                "two digests in one attribute", .signedAttributes,
                changed { $0[1, 0, 4, 0, 3, 2, 1].children.append(DERTree(0x04, SHA256Digest.of(content).bytes)) }),
            Attack(
                "an attribute without a value", .signedAttributes, changed { $0[1, 0, 4, 0, 3, 1, 1].children = [] }),
            Attack(
                "attributes in another order", .signedAttributes, changed { $0[1, 0, 4, 0, 3].children.swapAt(0, 2) }),
            Attack(
                "seventeen attributes", .signedAttributes,
                changed { tree in
                    tree[1, 0, 4, 0, 3].children += (0..<14).map { number in
                        DERTree(0x30, children: [DERTree(0x06, [0x2A, number]), DERTree(0x31, children: [null])])
                    }
                    tree[1, 0, 4, 0, 3].children.sort { $0.encoded.lexicographicallyPrecedes($1.encoded) }
                }),
            Attack("an attribute that is none", .malformed(.attributes, .unexpected)) { company in
                try changed { tree in
                    tree[1, 0, 4, 0, 3].children = [null] + tree[1, 0, 4, 0, 3].children
                }(company)
            },
            Attack(
                "an attribute nobody has signed", .unsignedAttributes,
                changed { $0[1, 0, 4, 0].children.append(DERTree(0xA1, children: [$0[1, 0, 4, 0, 3, 0]])) }),
            Attack("another way of signing", .unsupportedSignature, changed { $0[1, 0, 4, 0, 4, 0].bytes[7] = 3 }),
            Attack("ECDSA with parameters", .unsupportedSignature, changed { $0[1, 0, 4, 0, 4].children.append(null) }),
            Attack(
                "RSA named for an elliptic key", .unsupportedSignature,
                changed {
                    $0[1, 0, 4, 0, 4].children = [
                        DERTree(0x06, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]), null,
                    ]
                }),
            Attack("RSA-PSS", .unsupportedSignature) {
                try $0.issue("rsa", by: "root", key: CompanyPKI.Key.rsa(3_072))
                return try $0.cms(over: content, signer: "rsa", chain: [], options: "-keyopt rsa_padding_mode:pss")
            },
            Attack("an empty signature", .badSignature, changed { $0[1, 0, 4, 0, 5].bytes = [] }),
            Attack(
                "a signature of zeros", .badSignature,
                changed { $0[1, 0, 4, 0, 5].bytes = Array(repeating: 0, count: 70) }),
            Attack("a byte behind the signature", .badSignature, changed { $0[1, 0, 4, 0, 5].bytes.append(0) }),
            Attack("signed by another key of the company", .badSignature) {
                try $0.issue("other", by: "inter")
                let other = DERTree(reading: try $0.cms(over: content, signer: "other")[...])
                var tree = DERTree(reading: try good($0)[...])
                tree[1, 0, 4, 0, 5] = other[1, 0, 4, 0, 5]
                return tree.encoded
            },
            Attack("signing time changed", .badSignature, changed { $0[1, 0, 4, 0, 3, 1, 1, 0].bytes[0] ^= 1 }),
        ]
    }

    private static var certificates: [Attack] {
        [
            Attack("no certificates", .certificateCount(0)) {
                try $0.cms(over: content, chain: [], options: "-nocerts")
            },
            Attack("an empty set of certificates", .certificateCount(0), changed { $0[1, 0, 3].children = [] }),
            Attack(
                "the same certificate a hundred times", .certificateCount(100),
                changed { $0[1, 0, 3].children = Array(repeating: $0[1, 0, 3, 0], count: 100) }),
            Attack("nine certificates", .certificateCount(9)) { company in
                for number in 1...7 { try company.issue("s\(number)", by: "inter") }
                return try company.cms(over: content, chain: ["inter"] + (1...7).map { "s\($0)" })
            },
            Attack(
                "a certificate twice", .unusableCertificates, changed { $0[1, 0, 3].children.append($0[1, 0, 3, 0]) }),
            Attack("a certificate of attributes", .unusableCertificates, changed { $0[1, 0, 3, 0].tag = 0xA2 }),
            Attack("an empty certificate", .malformedCertificate, changed { $0[1, 0, 3, 0].children = [] }),
            Attack(
                "lists of revoked certificates", .revocationLists,
                changed { $0[1, 0].children.insert(DERTree(0xA1, children: []), at: 4) }),
            Attack("the signer's is not inside", .noSignerCertificate) { company in
                try changed { $0[1, 0, 3].children.removeAll { $0.encoded.count == leafSize(company) } }(company)
            },
            Attack(
                "a serial number that nobody has", .noSignerCertificate, changed { $0[1, 0, 4, 0, 1, 1].bytes = [1] }),
            Attack("a certificate too many", .surplusCertificate(subject: subject("stranger"))) {
                try $0.root("stranger")
                return try $0.cms(over: content, chain: ["inter", "stranger"])
            },
            Attack("the intermediate CA is missing", noChain(20, "leaf")) { try $0.cms(over: content, chain: []) },
            Attack("another root", noChain(20, "inter"), root: "other") {
                try $0.root("other")
                return try good($0)
            },
            Attack("another root of the same name", noChain(20, "inter"), root: "twin") {
                try $0.root("twin", subject: "/O=Company/CN=root")
                return try good($0)
            },
            Attack("signed by itself", noChain(18, "self")) {
                try $0.root("self", use: CompanyPKI.Use.signer)
                return try $0.cms(over: content, signer: "self", chain: [])
            },
            Attack("a signer as the root", .rootIsNoAuthority(subject: subject("leaf")), root: "leaf", good),
            Attack("a certificate that was changed", noChain(7, "odd")) { company in
                var tree = DERTree(reading: try signed()(company)[...])
                var certificate = tree[1, 0, 3, 0]
                certificate[2].bytes[certificate[2].bytes.count - 1] ^= 1
                tree[1, 0, 3, 0] = certificate
                return tree.encoded
            },
            Attack("another CA of the same name", noChain(20, "leaf")) { company in
                try company.issue("fake", by: "root", use: CompanyPKI.Use.lastAuthority, subject: "/O=Company/CN=inter")
                return try company.cms(over: content, chain: ["fake"])
            },
        ]
    }

    private static func leafSize(_ company: CompanyPKI) -> Int {
        do { return try Certificate(pem: company.pem("leaf")).der.count } catch { fatalError("the leaf is there") }
    }

    private static let signerUse = CompanyPKI.Use.signer
    private static func use(_ constraints: String, _ usage: String, _ extended: String?) -> String {
        "basicConstraints=critical,\(constraints)\nkeyUsage=critical,\(usage)"
            + (extended.map { "\nextendedKeyUsage=\($0)" } ?? "")
    }

    private static var usages: [Attack] {
        [
            Attack(
                "for mail", .notForCode(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature", "emailProtection"))),
            Attack(
                "for servers", .notForCode(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature", "serverAuth"))),
            Attack(
                "for servers and code", .notForCode(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature", "serverAuth,codeSigning"))),
            Attack(
                "for everything", .notForCode(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature", "codeSigning,anyExtendedKeyUsage"))),
            Attack(
                "no extended key usage", .notForCode(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature", nil))),
            Attack(
                "for stamps of time", .notForCode(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature", "critical,timeStamping"))),
            Attack(
                "for keys only", .notForSignatures(subject: subject("odd")),
                signed(use: use("CA:FALSE", "keyAgreement", "codeSigning"))),
            Attack(
                "no key usage", .notForSignatures(subject: subject("odd")),
                signed(use: "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=codeSigning")),
            Attack(
                "a CA as signer", .signerIsAuthority(subject: subject("odd")),
                signed(use: use("CA:TRUE", "digitalSignature,keyCertSign", "codeSigning"))),
            Attack(
                "a signer that may sign lists of revoked ones", .signerIsAuthority(subject: subject("odd")),
                signed(use: use("CA:FALSE", "digitalSignature,cRLSign", "codeSigning"))),
            Attack("a signer as CA", noChain(79, "odd")) {
                try $0.issue("odd", by: "root")
                try $0.issue("below", by: "odd")
                return try $0.cms(over: content, signer: "below", chain: ["odd"])
            },
            Attack("a CA that may not sign certificates", noChain(79, "odd")) {
                try $0.issue("odd", by: "root", use: use("CA:TRUE", "cRLSign", nil))
                try $0.issue("below", by: "odd")
                return try $0.cms(over: content, signer: "below", chain: ["odd"])
            },
            Attack("a CA below one that must have none below", noChain(25, "inter")) {
                try $0.issue("deeper", by: "inter", use: CompanyPKI.Use.authority)
                try $0.issue("below", by: "deeper")
                return try $0.cms(over: content, signer: "below", chain: ["inter", "deeper"])
            },
            Attack("five CAs between", noChain(22, "c1")) { company in
                for number in 1...5 {
                    try company.issue(
                        "c\(number)", by: number == 1 ? "root" : "c\(number - 1)", use: CompanyPKI.Use.authority)
                }
                try company.issue("below", by: "c5")
                return try company.cms(over: content, signer: "below", chain: (1...5).map { "c\($0)" })
            },
            Attack("a CA for servers only", .notForCode(subject: subject("odd"))) {
                try $0.issue("odd", by: "root", use: use("CA:TRUE", "keyCertSign", "serverAuth"))
                try $0.issue("below", by: "odd")
                return try $0.cms(over: content, signer: "below", chain: ["odd"])
            },
            Attack("a CA for other names", noChain(47, "below")) {
                try $0.issue(
                    "odd", by: "root",
                    use: CompanyPKI.Use.authority + "\nnameConstraints=critical,permitted;email:example.org")
                try $0.issue("below", by: "odd", use: signerUse + "\nsubjectAltName=email:a@example.com")
                return try $0.cms(over: content, signer: "below", chain: ["odd"])
            },
            Attack(
                "a critical extension that nobody knows", noChain(34, "odd"),
                signed(use: signerUse + "\n1.2.3.4=critical,ASN1:NULL")),
            Attack("RSA with 2048 bits", noChain(66, "odd"), signed(key: CompanyPKI.Key.rsa(2_048))),
            Attack("RSA with 1024 bits", noChain(66, "odd"), signed(key: CompanyPKI.Key.rsa(1_024))),
            Attack("a root with RSA and 2048 bits", noChain(67, "weak"), root: "weak") {
                try $0.root("weak", key: CompanyPKI.Key.rsa(2_048))
                try $0.issue("below", by: "weak")
                return try $0.cms(over: content, signer: "below", chain: [])
            },
            Attack("certified with SHA-1", noChain(68, "odd"), signed(digest: "sha1")),
            Attack(
                "P-521", .unsupportedKey(name: "EC secp521r1", subject: subject("odd")),
                signed(key: CompanyPKI.Key.p521)),
        ]
    }

    private static var attacks: [Attack] { frames + digests + signers + certificates + usages }

    @Test func `what is no good signature is refused by its reason`() throws {
        var failing = 0
        let attacks = Self.attacks
        let company = try CompanyPKI()
        for attack in attacks {
            let message = try attack.message(company)
            let root = try Certificate(pem: company.pem(attack.root))
            let found = Self.refusal(message, under: root)
            #expect(found == attack.refusal, "\(attack.name)")
            failing += found == attack.refusal ? 0 : 1
            #expect(attack.refusal.reason != "" && attack.refusal.diagnostic.exitCode.rawValue == 3)
        }
        #expect(ErrorQueue.isEmpty)
        Tally.report("S1", "CMS signatures by name of the attack", count: attacks.count, failing: failing)
    }

    private static func refusal(_ message: [UInt8], under root: Certificate) -> CertificateError? {
        do throws(CertificateError) {
            _ = try CMSMessage(reading: message).verify(content, under: root)
            return nil
        } catch { return error }
    }

    /// There is no byte that means nothing.
    @Test func `every bit counts, and every prefix is too short`() throws {
        let company = try CompanyPKI()
        let message = try Self.good(company)
        let root = try Certificate(pem: company.pem("root"))
        #expect(Self.refusal(message, under: root) == nil)
        var failing = 0
        let bits = Array(stride(from: 0, to: 8 * message.count, by: Tally.isLong ? 1 : 5))
        for bit in bits {
            var changed = message
            changed[bit / 8] ^= 1 << (bit % 8)
            if Self.refusal(changed, under: root) == nil {
                Issue.record("bit \(bit % 8) of byte \(bit / 8) means nothing")
                failing += 1
            }
        }
        Tally.report(
            "S2", "flipped bits of a CMS signature", count: bits.count, failing: failing)
        for length in 0..<message.count { #expect(Self.refusal(Array(message[..<length]), under: root) != nil) }
        Tally.report("S3", "a CMS signature cut short", count: message.count, failing: 0)
    }
}
