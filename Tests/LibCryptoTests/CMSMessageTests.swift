import LibCrypto
import StockTools
import Testing
import Values

/// CMS signatures that `openssl cms` makes and sealift takes.
@Suite struct CMSMessageTests {
    private let company: CompanyPKI

    init() throws { company = try CompanyPKI() }

    private static let content = Array(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  manifest.json\n".utf8)

    private func verify(_ message: [UInt8], under root: String) throws -> CertificateChain {
        let root = try Certificate(pem: company.pem(root))
        return try CMSMessage(reading: message).verify(Self.content, under: root)
    }

    @Test func `a signer below an intermediate CA leads to the root`() throws {
        let chain = try verify(company.cms(over: Self.content), under: "root")
        #expect(
            chain.certificates.map(\.subject.description) == ["leaf", "inter", "root"].map { "O=Company, CN=\($0)" })
        #expect(chain.signer.subject.only(.commonName) == "leaf")
        #expect(chain.signer.validity.lowerBound == Timestamp("2025-01-01T00:00:00Z"))
        #expect(chain.signer.validity.upperBound == Timestamp("2036-01-01T00:00:00Z"))
        try company.succeed("openssl pkey -in leaf.key -pubout -out leaf.pub")
        let key = try PublicKey(pem: company.folder.read("leaf.pub"))
        #expect(chain.signer.keyFingerprint == key.fingerprint)
        #expect(ErrorQueue.isEmpty)
    }

    @Test(arguments: [
        ("the root inside too", ["inter", "root"], ""), ("named by its key identifier", ["inter"], "-keyid"),
        ("with the capabilities of S/MIME", ["inter"], "-md sha256"),
    ])
    func `variants of openssl are taken`(name: String, chain: [String], options: String) throws {
        let message = try company.cms(over: Self.content, chain: chain, options: options)
        #expect(try verify(message, under: "root").certificates.count == 3)
    }

    @Test func `an intermediate CA can be the root that a site names`() throws {
        let message = try company.cms(over: Self.content, chain: [])
        #expect(try verify(message, under: "inter").certificates.count == 2)
    }

    @Test(arguments: [
        ("P-384", CompanyPKI.Key.p384, CompanyPKI.Key.p256),
        ("RSA 3072", CompanyPKI.Key.rsa(3_072), CompanyPKI.Key.p384),
        ("P-256 below RSA", CompanyPKI.Key.p256, CompanyPKI.Key.rsa(3_072)),
        ("P-256 below Ed25519", CompanyPKI.Key.p256, CompanyPKI.Key.ed25519),
    ])
    func `keys of companies are taken`(name: String, leaf: String, root: String) throws {
        try company.root("other", key: root)
        try company.issue("signer", by: "other", key: leaf)
        let message = try company.cms(over: Self.content, signer: "signer", chain: [])
        #expect(try verify(message, under: "other").certificates.count == 2)
    }

    @Test func `names and serial are read as openssl shows them`() throws {
        let names =
            CompanyPKI.Use.signer
            + "\nsubjectAltName=email:b@example.org,URI:spiffe://example.org/b,DNS:b.example.org,IP:10.0.0.1"
        try company.issue("named", by: "inter", use: names, subject: "/O=Firma Müller/CN=Bauer")
        let certificate = try Certificate(pem: company.pem("named"))
        #expect(certificate.subject.description == "O=Firma Müller, CN=Bauer")
        #expect(
            certificate.alternativeNames == [
                .email("b@example.org"), .uri("spiffe://example.org/b"), .dns("b.example.org"),
            ])
        try company.succeed("openssl x509 -in named.pem -noout -serial > serial")
        let shown = String(decoding: try company.folder.read("serial"), as: UTF8.self).lowercased()
        #expect(shown == "serial=\(certificate.serial)\n")
        try company.succeed("openssl x509 -in named.pem -noout -fingerprint -sha256 | tr -d : > print")
        let print = String(decoding: try company.folder.read("print"), as: UTF8.self).lowercased()
        #expect(print == "sha256 fingerprint=\(certificate.fingerprint.hex)\n")
    }

    @Test func `one certificate is one certificate`() throws {
        let both = try company.pem("leaf") + company.pem("inter")
        #expect(throws: CertificateError.severalCertificates(2)) { try Certificate(pem: both) }
        #expect(try Certificate.all(pem: both).count == 2)
        #expect(throws: CertificateError.unusableText(.notPEM)) { try Certificate(pem: []) }
        let key = try company.folder.read("leaf.key")
        #expect(
            throws: CertificateError.unusableText(.unexpectedLabel(found: "PRIVATE KEY", wanted: "CERTIFICATE"))
        ) { try Certificate(pem: key) }
        let der = try Certificate(pem: company.pem("leaf")).der
        #expect(throws: CertificateError.malformedCertificate) { try Certificate(der: der + [0]) }
        for length in stride(from: 0, to: der.count, by: 7) {
            #expect(throws: CertificateError.malformedCertificate) { try Certificate(der: Array(der[..<length])) }
        }
    }
}
