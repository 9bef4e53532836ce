import JSON
import LibCrypto
import LibToken
import Posix
import Reporting
import Trust

/// What says whom a site believes, and what is believed of it.
extension FuzzTarget {
    /// The site's policy.
    static let policy = FuzzTarget("policy") { bytes in
        _ = try SitePolicy(reading: bytes, at: FilePath("/etc/sealift/policy.json"))
    }

    /// A key list, or a site's record of a chain of them: what is accepted has one spelling.
    static let keyList = FuzzTarget("key-list") { bytes in
        let number = try JSONValue.parse(bytes)["number"]?.integerValue
        guard let number else {
            let chain = try KeyChain(reading: bytes)
            return try hold(chain.record == bytes, "a record was accepted in a spelling that is not its own")
        }
        let list = try KeyList(reading: bytes, number: number)
        try hold(list.canonical == bytes, "a key list was accepted in a spelling that is not its own")
    }

    /// An envelope of provenance: no key has signed it, whatever it says.
    static let envelope = FuzzTarget("envelope") { bytes in
        let envelope = try DSSEEnvelope(reading: bytes)
        try hold(envelope.keys(signingWith: [stranger]).isEmpty, "a key that signs nothing has signed an envelope")
    }

    /// The point that RFC 8032 takes as the public key of its first test; its private key signs nothing here.
    private static let stranger: PublicKey = {
        let point: [UInt8] = [
            0xD7, 0x5A, 0x98, 0x01, 0x82, 0xB1, 0x0A, 0xB7, 0xD5, 0x4B, 0xFE, 0xD3, 0xC9, 0x64, 0x07, 0x3A, 0x0E, 0xE1,
            0x72, 0xF3,
            0xDA, 0xA6, 0x23, 0x25, 0xAF, 0x02, 0x1A, 0x68, 0xF7, 0x07, 0x51, 0x1A,
        ]
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        do throws(CryptoError) { return try PublicKey(spki: prefix + point) } catch {
            fatalError("a key of an RFC: \(error)")
        }
    }()

    /// A detached CMS signature with its certificates, in DER: a chain that is found ends at the root that was asked for.
    static let cms = FuzzTarget("cms") { bytes in
        let message = try CMSMessage(reading: bytes)
        let chain: CertificateChain
        do throws(CertificateError) {
            chain = try message.verify(Array("SHA256SUMS\n".utf8), under: root)
        } catch {
            return try hold(!error.diagnostic.message.isEmpty, "a refusal without words")
        }
        try hold(chain.certificates.last == root, "a chain that ends elsewhere")
    }

    /// A certificate in PEM: what is accepted is the same when it is read from its encoding.
    static let certificate = FuzzTarget("certificate") { bytes in
        let certificate = try Certificate(pem: bytes)
        let again = try mustRead("a certificate is refused in its own encoding") {
            try Certificate(der: certificate.der)
        }
        try hold(again == certificate, "a certificate is another one when it is read again")
    }

    /// The address of a key in a token: it has one spelling, which finds the same key (RFC 7512).
    static let tokenURI = FuzzTarget("token-uri") { bytes in
        let address: TokenURI
        do throws(TokenURI.Refusal) { address = try TokenURI(String(decoding: bytes, as: UTF8.self)) } catch {
            throw Refusal()
        }
        // Escapes may make it longer than what is read.
        guard address.canonical.utf8.count <= TokenURI.limit else { return }
        let again = try mustRead("an address was refused in its own spelling") { try TokenURI(address.canonical) }
        try hold(again.attributes == address.attributes, "an address finds another key in its own spelling")
        try hold(again.canonical == address.canonical, "an address has two spellings")
    }

    /// Its key is nowhere any more.
    private static let root: Certificate = {
        let text = """
            -----BEGIN CERTIFICATE-----
            MIIBjjCCATWgAwIBAgIUdspTUmvp11PqcvLLjv4HR44THngwCgYIKoZIzj0EAwIw
            FDESMBAGA1UEAwwJZnV6eiByb290MCAXDTI2MTEyMDE1NTgxNVoYDzIxMjYxMDI3
            MTU1ODE1WjAUMRIwEAYDVQQDDAlmdXp6IHJvb3QwWTATBgcqhkjOPQIBBggqhkjO
            PQMBBwNCAAQTLANWqOnLVDfDLbainxjDPEkm8GDiWkPap9kts3RlKz+P/ZliHkgG
            X0s8nfoHiDboJJY/sF7L7JSKagXQg6LFo2MwYTAdBgNVHQ4EFgQUSdnh9qORiT3Q
            7/5+p0Ocbk14lGwwHwYDVR0jBBgwFoAUSdnh9qORiT3Q7/5+p0Ocbk14lGwwDwYD
            VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDRwAwRAIg
            KOpHb0t9rx+fNzDYZUA9A2mPmWyWRGLb330SKXKSgCACIE+WVxjWjh4eXdTPCzi7
            gogdHymqP01Rgqs7GRcs/ueP
            -----END CERTIFICATE-----
            """
        do throws(CertificateError) { return try Certificate(pem: Array(text.utf8)) } catch {
            fatalError("a root: \(error)")
        }
    }()
}
