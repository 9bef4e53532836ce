public import Values

/// A detached CMS signature (RFC 5652) in the one form that sealift takes (docs/format.md §5.3), read and not yet believed.
///
/// The form is what `openssl cms -sign -binary -nosmimecap -md sha256 -outform DER` writes: signed data without content, one signer with
/// signed attributes, SHA-256, DER throughout. Every byte is either fixed by that form, signed, or part of a certificate of the chain.
public struct CMSMessage: Hashable, Sendable {
    /// The longest message.
    public static let maximumSize = ByteCount.kibibytes(64)
    /// The most certificates: a signer and the CAs above.
    public static let maximumCertificates = 8
    /// The most signed attributes; openssl writes three.
    static let maximumAttributes = 16

    /// How the signer's certificate is named (RFC 5652 §5.3).
    enum Signer: Hashable, Sendable {
        /// Name of the issuer and serial number, in DER, one behind the other.
        case issuerAndSerial([UInt8])
        /// The subject key identifier.
        case keyIdentifier([UInt8])
    }

    /// The kind of key that a signature algorithm needs.
    enum Scheme: Hashable, Sendable {
        case ecdsa
        case rsa
    }

    /// The certificates, in DER.
    let certificates: [[UInt8]]
    let signer: Signer
    /// The signed attributes as they are signed: a SET in DER.
    let attributes: [UInt8]
    /// The digest of the content, as signed.
    let messageDigest: [UInt8]
    let scheme: Scheme
    let signature: [UInt8]

    /// Whether it brings this certificate.
    public func holds(_ certificate: Certificate) -> Bool { certificates.contains(certificate.der) }

    /// Object identifiers, as their bytes in DER.
    enum Identifier {
        /// 1.2.840.113549.1.7.1, RFC 5652 §4.
        static let data: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]
        /// 1.2.840.113549.1.7.2, RFC 5652 §5.1.
        static let signedData: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]
        /// 1.2.840.113549.1.9.3, RFC 5652 §11.1.
        static let contentType: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03]
        /// 1.2.840.113549.1.9.4, RFC 5652 §11.2.
        static let messageDigest: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04]
        /// 2.16.840.1.101.3.4.2.1, RFC 5754 §2.2.
        static let sha256: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
        /// 1.2.840.10045.4.3.2, RFC 5754 §3.3.
        static let ecdsaWithSHA256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]
        /// 1.2.840.113549.1.1.1 and .11, RFC 5754 §3.2: both stand for RSASSA-PKCS1-v1_5.
        static let rsa: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
        static let rsaWithSHA256: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]
    }
}
