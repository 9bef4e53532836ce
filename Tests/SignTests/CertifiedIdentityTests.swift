import Counting
import Foundation
import LibCrypto
import Posix
import Reporting
import Sign
import StockTools
import Testing
import Trust
import Values

/// CMS signatures that sealift makes with a company's certificates, and what `openssl cms` thinks of them.
@Suite struct CertifiedIdentityTests {
    private static let sums = Array(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  manifest.json\n".utf8)
    private let company: CompanyPKI

    init() throws { company = try CompanyPKI() }

    private func path(_ name: String) -> FilePath { FilePath(company.folder.path(name)) }

    private func identity(
        _ certificate: String = "leaf.pem", chain: [String] = ["inter.pem"], root: String = "root.pem"
    ) throws
        -> CertifiedIdentity
    {
        try CertifiedIdentity(
            certificate: path(certificate), chain: chain.map { path($0) }, root: path(root))
    }

    private func key(_ name: String = "leaf") throws -> PrivateKey {
        try PrivateKey(pem: company.folder.read("\(name).key")) { nil }
    }

    private func refusal(_ body: () throws -> Void) -> CertificateError? {
        do { try body() } catch SignError.certificate(let error, _) { return error } catch { Issue.record("\(error)") }
        return nil
    }

    /// Row S6 of the test matrix: ours by theirs; ``CMSMessageTests`` has theirs by ours.
    @Test(arguments: [
        ("the chain in a file of its own", "leaf.pem", ["inter.pem"]), ("the chain behind the signer", "full.pem", []),
        ("the root among them", "leaf.pem", ["inter.pem", "root.pem"]),
    ])
    func `openssl verifies what sealift signed`(name: String, certificate: String, chain: [String]) throws {
        try company.succeed("cat leaf.pem inter.pem > full.pem")
        let message = try identity(certificate, chain: chain).sign(Self.sums, with: key())
        try company.folder.write("SHA256SUMS", Self.sums)
        try company.folder.write("made.cms", message)
        let line =
            "openssl cms -verify -binary -inform DER -in made.cms -content SHA256SUMS -CAfile root.pem -purpose any -attime 1800000000 -out out"
        #expect(try company.folder.run(line) == 0)
        #expect(try company.folder.run("cmp out SHA256SUMS && printf x >> SHA256SUMS && ! \(line)") == 0)
        Tally.report("S6", "CMS signatures of sealift, verified by openssl cms", count: 1, failing: 0)
    }

    @Test func `a site with the root takes it`() throws {
        let message = try identity().sign(Self.sums, with: key())
        let root = try Certificate(pem: company.pem("root"))
        let chain = try CMSMessage(reading: message).verify(Self.sums, under: root)
        #expect(chain.signer.keyFingerprint == (try key().publicKey.fingerprint))
    }

    @Test func `what a site would refuse is not signed`() throws {
        try company.issue(
            "mail", by: "inter",
            use:
                "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection"
        )
        try company.issue("other", by: "inter")
        try company.issue("edwards", by: "inter", key: CompanyPKI.Key.ed25519)
        #expect(
            refusal { _ = try identity().sign([], with: key("other")) } == .anotherKey(subject: "O=Company, CN=leaf"))
        #expect(
            refusal { _ = try identity("mail.pem").sign([], with: key("mail")) }
                == .notForCode(subject: "O=Company, CN=mail"))
        #expect(
            refusal { _ = try identity("edwards.pem").sign([], with: key("edwards")) }
                == .unsupportedKey(name: "Ed25519", subject: "O=Company, CN=edwards"))
        #expect(refusal { _ = try identity(root: "leaf.pem") } == .rootIsNoAuthority(subject: "O=Company, CN=leaf"))
        #expect(refusal { _ = try identity(chain: [], root: "inter.pem") } == nil)
        #expect(
            refusal { _ = try identity("leaf.key") }
                == .unusableText(.unexpectedLabel(found: "PRIVATE KEY", wanted: "CERTIFICATE")))
        #expect(refusal { _ = try identity("root.pem") } == .signerIsAuthority(subject: "O=Company, CN=root"))
        guard case .noChain(code: 20, _, _)? = refusal({ _ = try identity(chain: []).sign([], with: key()) }) else {
            Issue.record("a chain with a hole")
            return
        }
    }

    @Test func `certificates must be valid when the bundle is made`() throws {
        try identity().check(at: Timestamp(seconds: 1_763_627_400))
        let late = Timestamp(seconds: 2_200_000_000)
        #expect {
            try identity().check(at: late)
        } throws: { error in
            guard case SignError.certificateNotValid("O=Company, CN=leaf", late, _) = error else { return false }
            return (error as? SignError)?.diagnostic.exitCode == .usage
        }
    }

    @Test func `further signers below the same root take the next name`() throws {
        let bundle = path("bundle")
        try Files.makeDirectories(bundle.appending("signatures"))
        let id = try Certificate(pem: company.pem("root")).keyID
        #expect(try identity().fileName(in: bundle) == "signatures/\(id).cms")
        try Files.replace(bundle.appending("signatures/\(id).cms"), with: identity().sign(Self.sums, with: key()))
        #expect(try identity().fileName(in: bundle) == "signatures/\(id).cms")
        try company.issue("second", by: "inter")
        #expect(try identity("second.pem").fileName(in: bundle) == "signatures/\(id)-2.cms")
        let other = try identity("second.pem").sign(Self.sums, with: key("second"))
        for number in 2...8 { try Files.replace(bundle.appending("signatures/\(id)-\(number).cms"), with: other) }
        #expect(try identity("second.pem").fileName(in: bundle) == "signatures/\(id)-2.cms")
        try company.issue("ninth", by: "inter")
        #expect(throws: SignError.noFreeName(bundle)) { _ = try identity("ninth.pem").fileName(in: bundle) }
    }
}
