import JSON
import LibCrypto
import Reporting
import Values

extension SitePolicy {
    /// The most CAs: for each of them eight names of signatures are looked for.
    private static let maximumAuthorities = 16

    /// `certificates`.
    mutating func readCertificates(_ reader: JSONReader) throws(JSONError) {
        guard let list = reader.optional("certificates") else { return }
        let items = try list.items()
        guard (1...Self.maximumAuthorities).contains(items.count) else {
            throw list.invalid("a list of 1 to \(Self.maximumAuthorities) CAs, or left out", found: String(items.count))
        }
        for item in items {
            let authority = try Self.authority(item)
            guard !certificates.contains(where: { $0.name == authority.name || $0.root.keyID == authority.root.keyID })
            else { throw item.invalid("a CA with a name and a key that no other CA has", found: authority.name) }
            certificates.append(authority)
        }
    }

    private static func authority(_ item: JSONItem) throws(JSONError) -> CertificateAuthority {
        let reader = try item.object()
        let authority = CertificateAuthority(
            name: try name(reader), root: try root(reader.item("root")),
            signers: try reader.distinct("signers", signer), refused: try reader.distinct("refused", refused) ?? [])
        try reader.finish()
        return authority
    }

    private static func root(_ item: JSONItem) throws(JSONError) -> Certificate {
        let text = Array(try item.string().utf8)
        let certificate: Certificate
        do throws(CertificateError) { certificate = try Certificate(pem: text) } catch {
            throw item.invalid("the PEM text of a CA's certificate (\(error.reason))", found: "another text")
        }
        guard certificate.isAuthority else {
            throw item.invalid("a CA that may sign certificates", found: certificate.subject.description)
        }
        return certificate
    }

    /// One object: attributes of the subject by their long names, and `email`, `dns`, `uri`.
    private static func signer(_ item: JSONItem) throws(JSONError) -> SignerDescription {
        let reader = try item.object()
        var subject: [DistinguishedName.Kind: String] = [:]
        subject[.commonName] = try text(reader, "commonName")
        subject[.organization] = try text(reader, "organization")
        subject[.organizationalUnit] = try text(reader, "organizationalUnit")
        let names = [
            try text(reader, "email").map { Certificate.AlternativeName.email($0) },
            try text(reader, "dns").map { .dns($0) }, try text(reader, "uri").map { .uri($0) },
        ].compactMap { $0 }
        try reader.finish()
        guard !subject.isEmpty || !names.isEmpty else {
            throw item.invalid("a description of a signer that says something", found: "{}")
        }
        return SignerDescription(subject: subject, alternativeNames: names)
    }

    private static func text(_ reader: JSONReader, _ key: String) throws(JSONError) -> String? {
        try reader.optional(key)?.parsed(as: "a text that is not empty") { $0.isEmpty ? nil : $0 }
    }

    /// `SHA256:` and 64 digits, or `serial:` and hexadecimal digits, in any case and with leading zeros, as `openssl crl -text` shows them.
    private static func refused(_ item: JSONItem) throws(JSONError) -> RefusedCertificate {
        try item.parsed(as: "SHA256: and 64 hexadecimal digits, or serial: and a serial number") { text in
            if text.hasPrefix("SHA256:") {
                return SHA256Digest(hex: text.dropFirst(7).lowercased()).map { .fingerprint($0) }
            }
            guard text.hasPrefix("serial:") else { return nil }
            let digits = text.dropFirst(7).lowercased()
            let padded = digits.utf8.count.isMultiple(of: 2) ? digits : "0" + digits
            guard let bytes = Hex.decode(padded)?.drop(while: { $0 == 0 }), !bytes.isEmpty else { return nil }
            return .serial(Hex.encode(bytes))
        }
    }
}
