public import Values

/// A public key that sealift can verify with. A value: its encoding and its algorithm.
public struct PublicKey: Hashable, Sendable {
    /// What its signatures are.
    public let algorithm: SignatureAlgorithm
    /// SubjectPublicKeyInfo in DER, 91 or 44 bytes (RFC 5480, RFC 8410).
    public let spki: [UInt8]

    /// Reads a SubjectPublicKeyInfo in the one usual encoding, and checks that its point is on the curve.
    ///
    /// - Throws: ``CryptoError``.
    public init(spki: [UInt8]) throws(CryptoError) {
        guard let handle = KeyHandle(spki: spki) else { throw .malformedKey }
        let algorithm = try handle.algorithm()
        guard spki.count == algorithm.spkiLength, spki.starts(with: algorithm.spkiPrefix) else {
            throw .unusualEncoding(algorithm)
        }
        self.algorithm = algorithm
        self.spki = spki
    }

    /// Reads the one `PUBLIC KEY` block of a PEM text of at most 64 KiB.
    ///
    /// - Throws: ``CryptoError``.
    public init(pem: [UInt8]) throws(CryptoError) {
        let block = try unsafe pem.span.withUnsafeBytes { text throws(CryptoError) in
            try unsafe PEMBlock.only(in: text, labelled: ["PUBLIC KEY"])
        }
        try unsafe self.init(spki: block.content.withUnsafeBytes { unsafe Array($0) })
    }

    /// The key as PEM text, as `openssl pkey -pubout` writes it.
    public var pem: String {
        var text: [UInt8] = []
        unsafe spki.withUnsafeBytes { unsafe PEMBlock.write($0, labelled: "PUBLIC KEY") { text.append($0) } }
        return String(decoding: text, as: UTF8.self)
    }

    /// SHA-256 over ``spki``: what a pin names, and cosign's hint.
    public var fingerprint: SHA256Digest { .of(spki) }

    /// The short name, for files.
    public var keyID: KeyID { KeyID(fingerprint: fingerprint) }

    /// The fingerprint as it is shown and typed: `SHA256:` and 64 hexadecimal digits.
    public var fingerprintText: String { "SHA256:" + fingerprint.hex }
}
