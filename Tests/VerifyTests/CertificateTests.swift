import BundleFixture
import Counting
import Format
import JSON
import LibCrypto
import Posix
import Reporting
import StockTools
import Testing
import Trust
import Values

@testable import Verify

/// Bundles that a company's own PKI vouches for: the site names the CA, and who below it may sign.
struct CertificateTests {
    let folder: TemporaryFolder
    let bundle: TinyBundle
    let company: CompanyPKI

    init() throws {
        folder = try TemporaryFolder()
        bundle = try TinyBundle.small(in: folder)
        company = try CompanyPKI()
    }

    private var sums: [UInt8] {
        get throws { try Files.read(bundle.path.appending(BundleFile.sums), limit: .mebibytes(1)) }
    }

    /// Puts a signature by `signer` where one below `root` is looked for.
    private func sign(
        _ signer: String = "leaf", chain: [String] = ["inter"], below root: String = "root", number: Int = 1
    ) throws {
        try put(company.cms(over: sums, signer: signer, chain: chain), below: root, number: number)
    }

    private func put(_ message: [UInt8], below root: String = "root", number: Int = 1) throws {
        try Files.replace(bundle.path.appending(name(root, number)), with: message)
    }

    private func name(_ root: String = "root", _ number: Int = 1) throws -> String {
        let id = try Certificate(pem: company.pem(root)).keyID
        return "signatures/" + CertificateAuthority.fileName(id, number: number)
    }

    /// A site's policy with this CA, read from its text as the installer does.
    private func policy(
        _ root: String = "root", _ more: [(String, JSONValue)] = [], threshold: Int? = nil, pins: [PublicKey] = []
    ) throws -> TrustPolicy {
        let pem = String(decoding: try company.pem(root), as: UTF8.self)
        var authority = JSONObject()
        authority.append("name", "company")
        authority.append("root", .string(pem))
        for (key, value) in more { authority.append(key, value) }
        var text = JSONObject()
        text.append("policy", 1)
        text.append("certificates", .array([.object(authority)]))
        if let threshold { text.append("threshold", .integer(threshold)) }
        let site = try SitePolicy(reading: JSONValue.object(text).compact(), at: "/etc/sealift/policy.json")
        return TrustPolicy(pins: pins.map { Pin($0, origin: "key") }, threshold: site.threshold, site: site)
    }

    private func verified(_ policy: TrustPolicy) throws -> VerifiedBundle {
        try UntrustedBundle(opening: bundle.path).verified(under: policy)
    }

    private func refusal(_ policy: TrustPolicy) -> VerifyError? {
        do {
            _ = try verified(policy)
            return nil
        } catch let error as VerifyError {
            return error
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    private func notSigned(_ others: [String] = [], found: Int = 0, needed: Int = 1) -> VerifyError {
        .notSigned(
            bundle: bundle.path, by: ["company"] + others, present: [bundle.key.keyID.text], found: found,
            needed: needed)
    }

    @Test func `a signer below the site's CA opens the bundle`() throws {
        try sign()
        let opened = try verified(policy())
        #expect(opened.keys.isEmpty)
        #expect(opened.signers.map(\.words) == ["O=Company, CN=leaf (company)"])
        #expect(opened.vouching == opened.signers.map(\.keyFingerprint))
        #expect(opened.vouchers[0].hasSuffix(" O=Company, CN=leaf (company)"))
    }

    @Test func `a key and a signer are two, the same key in both ways is one`() throws {
        try sign()
        #expect(try verified(policy(threshold: 2, pins: [bundle.key])).vouching.count == 2)
        let text = try company.folder.read("leaf.key")
        let leaf = try PrivateKey(pem: text) { nil }
        try Files.replace(
            bundle.path.appending("signatures/\(leaf.publicKey.keyID).sig"), with: leaf.sign(sums))
        let found = refusal(try policy(threshold: 2, pins: [leaf.publicKey]))
        guard case .notSigned(_, _, _, found: 1, needed: 2) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }

    @Test func `two signers below one root stand in two files`() throws {
        try sign()
        try company.issue("second", by: "inter")
        try sign("second", number: 2)
        #expect(
            try verified(policy(threshold: 2)).signers.map { $0.chain.signer.subject.only(.commonName) } == [
                "leaf", "second",
            ])
        #expect(refusal(try policy(threshold: 3)) == notSigned(found: 2, needed: 3))
        try sign("second", number: 8)
        #expect(refusal(try policy(threshold: 3)) == notSigned(found: 2, needed: 3))
    }

    @Test(
        arguments: [
            ([["commonName": "leaf"]], true),
            ([["commonName": "other"], ["organization": "Company"]], true),
            ([["commonName": "leaf", "organization": "Company"]], true), ([["email": "leaf@example.org"]], true),
            ([["uri": "urn:leaf", "email": "leaf@example.org", "commonName": "leaf"]], true),
            ([["commonName": "Leaf"]], false), ([["commonName": "leaf", "organization": "Other"]], false),
            ([["organizationalUnit": "Company"]], false), ([["email": "urn:leaf"]], false),
            ([["commonName": "leaf", "dns": "leaf.example.org"]], false),
        ] as [(JSONValue, Bool)])
    func `only signers that the site describes count`(signers: JSONValue, counts: Bool) throws {
        try company.issue(
            "leaf", by: "inter",
            use: CompanyPKI.Use.signer + "\nsubjectAltName=email:leaf@example.org,URI:urn:leaf")
        try sign()
        let reason = "O=Company, CN=leaf is none of the signers that the site names"
        #expect(refusal(try policy("root", [("signers", signers)])) == (counts ? nil : notSigned([reason])))
    }

    @Test func `a refused certificate does not count, be it the signer's or a CA's`() throws {
        try sign()
        let leaf = try Certificate(pem: company.pem("leaf"))
        let inter = try Certificate(pem: company.pem("inter"))
        for (text, who) in [
            ("SHA256:" + leaf.fingerprint.hex, "leaf"), ("SHA256:" + inter.fingerprint.hex.uppercased(), "inter"),
            ("serial:" + leaf.serial, "leaf"), ("serial:00" + inter.serial.uppercased(), "inter"),
        ] {
            let found = refusal(try policy("root", [("refused", .array([.string(text)]))]))
            #expect(found == notSigned(["O=Company, CN=\(who) is refused by the site"]))
        }
        let other = try company.pem("root")
        let strange = try Certificate(pem: other).fingerprint.hex.replacing("0", with: "1")
        #expect(refusal(try policy("root", [("refused", .array([.string("SHA256:" + strange)]))])) == nil)
    }

    // The bundle's own time is what a certificate is held against, and no clock: this passes in any year.
    @Test(arguments: [
        ("the signer's has expired", "leaf"), ("the signer's is not valid yet", "leaf"),
        ("the CA's has expired", "inter"),
        ("the root has expired", "root"),
    ])
    func `a certificate that was not valid when the bundle was made is refused`(name: String, who: String) throws {
        let created = bundle.manifest.created
        let past = ("20000101000000Z", "20010101000000Z")
        let (from, to) = name.contains("not valid yet") ? ("20400101000000Z", "20410101000000Z") : past
        switch who {
        case "root":
            try company.root("old", from: from, to: to)
            try company.issue("leaf", by: "old")
            try sign(chain: [], below: "old")
        case "inter":
            try company.issue("inter", by: "root", use: CompanyPKI.Use.lastAuthority, from: from, to: to)
            try company.issue("leaf", by: "inter")
            try sign()
        default:
            try company.issue("leaf", by: "inter", from: from, to: to)
            try sign()
        }
        let found = refusal(try policy(who == "root" ? "old" : "root"))
        guard case .certificateNotValid(bundle.path, let subject, created, let validity)? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(subject == "O=Company, CN=\(who == "root" ? "old" : who)" && !validity.contains(created))
    }

    @Test func `a bad signature refuses the bundle, whoever else has signed`() throws {
        try put([1, 1, 3])
        #expect(refusal(TrustPolicy(pins: [Pin(bundle.key, origin: "key")])) == nil)
        let policy = try policy(pins: [bundle.key])
        #expect(
            refusal(policy)
                == .badCertificateSignature(
                    bundle: bundle.path, name: try name(), .malformed(.message, .unexpected)))
        try put(company.cms(over: sums + [0x0A]))
        #expect(
            refusal(policy) == .badCertificateSignature(bundle: bundle.path, name: try name(), .wrongMessageDigest))
    }

    @Test func `only names that follow from the root's key are opened, regular files of 64 KiB`() throws {
        try put(company.cms(over: sums), below: "inter")
        #expect(refusal(try policy()) == notSigned())
        let file = try name()
        try Files.replace(bundle.path.appending(file), with: [UInt8](repeating: 0x30, count: 65_537))
        #expect(refusal(try policy()) == .tooLarge(name: file, limit: 65_536))
        try Files.remove(bundle.path.appending(file))
        try Files.makeDirectories(bundle.path.appending(file))
        #expect(refusal(try policy()) == .notRegular(name: file))
    }

    @Test func `refusals say what to do`() throws {
        try put(company.cms(over: sums, options: "-stream"))
        let error = try #require(refusal(policy())).diagnostic
        #expect(error.exitCode == .notTrusted)
        #expect(
            error.message.hasSuffix("the message cannot be read: it has an element of indefinite length, which is BER"))
        #expect(error.next == "sign again without -stream")
    }
}
