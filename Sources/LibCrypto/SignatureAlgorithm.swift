/// The two kinds of signature that sealift makes and accepts.
public enum SignatureAlgorithm: String, CaseIterable, Hashable, Sendable {
    /// ECDSA on NIST P-256 over SHA-256, signatures in DER (FIPS 186-5, RFC 5480): what cosign and every HSM speak.
    case ecdsaP256 = "ecdsa-p256"
    /// Pure Ed25519, signatures of 64 bytes (RFC 8032).
    case ed25519

    /// What `EVP_DigestSignInit_ex` wants: ECDSA names its digest, Ed25519 must have none.
    var digestName: String? {
        switch self {
        case .ecdsaP256: "SHA256"
        case .ed25519: nil
        }
    }

    /// The bytes before the key itself in a SubjectPublicKeyInfo; there is one spelling for each (RFC 5480 §2, RFC 8410 §4).
    var spkiPrefix: [UInt8] {
        switch self {
        case .ecdsaP256:
            [
                0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
                0x48,
                0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
            ]
        case .ed25519: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        }
    }

    /// The length of a SubjectPublicKeyInfo, in bytes.
    var spkiLength: Int {
        switch self {
        case .ecdsaP256: 91
        case .ed25519: 44
        }
    }
}
