import JSON
import LibCrypto
import Posix
import StockTools
import Testing
import Trust
import Values

/// The member `certificates` of a site's policy.
@Suite struct CertificatePolicyTests {
    private let company: CompanyPKI

    init() throws { company = try CompanyPKI() }

    /// `%` stands for the text of the root's certificate, `^` for that of a signer.
    private func read(_ text: String) throws -> SitePolicy {
        let pems = try ["root", "leaf"].map { name in
            String(decoding: try company.pem(name), as: UTF8.self).replacing("\n", with: "\\n")
        }
        let filled = text.replacing("%", with: pems[0]).replacing("^", with: pems[1])
        return try SitePolicy(reading: Array(filled.utf8), at: "/etc/sealift/policy.json")
    }

    @Test func `reads a CA with its signers and refusals`() throws {
        let policy = try read(
            #"""
            {"policy":1,"threshold":2,"certificates":[{"name":"company","root":"%",
             "signers":[{"commonName":"a","organization":"b"},{"dns":"c"}],"refused":["serial:00Ab","serial:1"]}]}
            """#)
        let authority = try #require(policy.certificates.first)
        #expect(authority.root == (try Certificate(pem: company.pem("root"))))
        #expect(
            authority.signers == [
                SignerDescription(subject: [.commonName: "a", .organization: "b"]),
                SignerDescription(alternativeNames: [.dns("c")]),
            ])
        #expect(authority.refused == [.serial("ab"), .serial("01")])
        #expect(policy.threshold == 2)
        #expect(authority.fileNames.first == "\(authority.root.keyID).cms")
        #expect(authority.fileNames.last == "\(authority.root.keyID)-8.cms")
    }

    @Test(arguments: [
        (#""certificates":[]"#, "$.certificates", "a list of 1 to 16 CAs, or left out"),
        (
            #""certificates":[{"name":"a","root":"x"}]"#, "$.certificates[0].root",
            "the PEM text of a CA's certificate (cannot read the key: it is not PEM)"
        ),
        (
            #""certificates":[{"name":"a","root":"%%"}]"#, "$.certificates[0].root",
            "the PEM text of a CA's certificate (there are 2 certificates where one is wanted)"
        ),
        (#""certificates":[{"name":"a","root":"^"}]"#, "$.certificates[0].root", "a CA that may sign certificates"),
        (#""certificates":[{"name":"","root":"%"}]"#, "$.certificates[0].name", "1 to 64 printable characters"),
        (
            #""certificates":[{"name":"a","root":"%"},{"name":"a","root":"%"}]"#, "$.certificates[1]",
            "a CA with a name and a key that no other CA has"
        ),
        (
            #""certificates":[{"name":"a","root":"%","signers":[]}]"#, "$.certificates[0].signers",
            "a list with something in it, or left out where anything will do"
        ),
        (
            #""certificates":[{"name":"a","root":"%","signers":[{}]}]"#, "$.certificates[0].signers[0]",
            "a description of a signer that says something"
        ),
        (
            #""certificates":[{"name":"a","root":"%","signers":[{"dns":""}]}]"#, "$.certificates[0].signers[0].dns",
            "a text that is not empty"
        ),
        (
            #""certificates":[{"name":"a","root":"%","refused":["serial:"]}]"#, "$.certificates[0].refused[0]",
            "SHA256: and 64 hexadecimal digits, or serial: and a serial number"
        ),
        (
            #""certificates":[{"name":"a","root":"%","refused":["SHA256:00"]}]"#, "$.certificates[0].refused[0]",
            "SHA256: and 64 hexadecimal digits, or serial: and a serial number"
        ),
        (
            #""certificates":[{"name":"a","root":"%"}],"threshold":9"#, "$.threshold",
            "from 1 to the number of keys, which is 8"
        ),
    ])
    func `refuses by place`(members: String, place: String, expected: String) throws {
        do {
            _ = try read("{\"policy\":1,\(members)}")
            Issue.record("accepted")
        } catch JSONError.invalid(let path, let wanted, _) {
            #expect(path == place && wanted == expected)
        }
    }

    @Test func `refuses members that nobody knows`() throws {
        #expect(throws: JSONError.self) {
            try read(#"{"policy":1,"certificates":[{"name":"a","root":"%","signers":[{"mail":"x"}]}]}"#)
        }
        #expect(throws: JSONError.self) { try read(#"{"policy":1,"certificates":[{"name":"a","root":"%","crl":""}]}"#) }
    }
}
