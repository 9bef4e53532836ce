internal import CLibCrypto
public import Values

/// An X.509 certificate (RFC 5280). A value: its encoding, and what sealift asks of it.
///
/// That it can be read says nothing about trust: ``CertificateChain`` does.
public struct Certificate: Hashable, Sendable {
    /// DER.
    public let der: [UInt8]
    /// Whose it is.
    public let subject: DistinguishedName
    /// The first and the last moment at which it is valid.
    public let validity: ClosedRange<Timestamp>
    /// SHA-256 over the SubjectPublicKeyInfo: the fingerprint of its key.
    public let keyFingerprint: SHA256Digest
    /// The serial number in lower-case hexadecimal, without leading zeros.
    public let serial: String
    /// Further names of the owner (RFC 5280 §4.2.1.6).
    public let alternativeNames: [AlternativeName]

    /// A name of the owner beside the subject.
    public enum AlternativeName: Hashable, Sendable {
        /// A mail address.
        case email(String)
        /// A host.
        case dns(String)
        /// Such as `spiffe://example.org/builder`.
        case uri(String)
    }

    /// Reads a certificate in DER.
    ///
    /// - Throws: ``CertificateError/malformedCertificate``.
    public init(der: [UInt8]) throws(CertificateError) {
        guard let handle = CertificateHandle(der: der[...]) else { throw .malformedCertificate }
        try self.init(handle)
    }

    /// Reads the one certificate of a PEM text.
    ///
    /// - Throws: ``CertificateError/unusableText(_:)`` and ``CertificateError/malformedCertificate``.
    public init(pem: [UInt8]) throws(CertificateError) {
        let certificates = try Self.all(pem: pem)
        guard certificates.count == 1 else { throw .severalCertificates(certificates.count) }
        self = certificates[0]
    }

    /// Reads the certificates of a PEM text, at least one, in their order.
    ///
    /// - Throws: ``CertificateError/unusableText(_:)`` and ``CertificateError/malformedCertificate``.
    public static func all(pem: [UInt8]) throws(CertificateError) -> [Certificate] {
        let blocks: [PEMBlock]
        do throws(CryptoError) {
            blocks = try unsafe pem.span.withUnsafeBytes { text throws(CryptoError) in
                try unsafe PEMBlock.every(in: text, labelled: "CERTIFICATE")
            }
        } catch {
            throw .unusableText(error)
        }
        var certificates: [Certificate] = []
        for block in blocks {
            let der = unsafe block.content.withUnsafeBytes { unsafe Array($0) }
            certificates.append(try Certificate(der: der))
        }
        return certificates
    }

    init(_ handle: CertificateHandle) throws(CertificateError) {
        guard handle.isConsistent, let validity = handle.validity(), validity.from <= validity.to,
            let key = handle.key()
        else { throw .malformedCertificate }
        do {
            subject = try DistinguishedName(der: handle.subject[...])
            keyFingerprint = .of(try key.spki())
            alternativeNames = try Self.names(handle.extensionContent(NID_subject_alt_name))
        } catch {
            throw .malformedCertificate
        }
        self.validity = Timestamp(seconds: validity.from)...Timestamp(seconds: validity.to)
        der = handle.encoding
        serial = Hex.encode(handle.serial)
    }

    /// GeneralNames: `[1]` mail, `[2]` host, `[6]` URI; others are passed over.
    private static func names(_ content: [UInt8]?) throws(DERFault) -> [AlternativeName] {
        guard let content else { return [] }
        var outer = DERReader(content[...])
        var reader = try outer.element(DERReader.Tag.sequence).reader
        try outer.finish()
        var names: [AlternativeName] = []
        for element in try reader.all() {
            guard let text = String(validating: element.content, as: UTF8.self) else { continue }
            switch element.tag {
            case DERReader.Tag.plainContext(1): names.append(.email(text))
            case DERReader.Tag.plainContext(2): names.append(.dns(text))
            case DERReader.Tag.plainContext(6): names.append(.uri(text))
            default: break
            }
        }
        return names
    }

    /// SHA-256 over the certificate: what `openssl x509 -fingerprint -sha256` shows.
    public var fingerprint: SHA256Digest { .of(der) }

    /// The short name of its key.
    public var keyID: KeyID { KeyID(fingerprint: keyFingerprint) }

    /// Whether it can be the root of chains: a CA that may sign certificates.
    public var isAuthority: Bool { CertificateHandle(der: der[...])?.isAuthority ?? false }
}
