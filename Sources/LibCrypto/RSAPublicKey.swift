internal import CLibCrypto

/// An RSA key that others sign with; sealift makes and takes no RSA signatures of its own.
public struct RSAPublicKey: Hashable, Sendable {
    /// SubjectPublicKeyInfo in DER (RFC 3279 §2.3.1).
    private let spki: [UInt8]
    /// The length of the modulus and of every signature, in bytes.
    public let byteCount: Int

    /// The lengths of modulus that are taken, in bits: below, RSA is weak; above, checking is slow for nothing.
    public static let sizes = 2_048...16_384

    /// A key of these two numbers, most significant byte first; `nil` when it is none, or its modulus of a length that is not taken.
    public init?(modulus: [UInt8], exponent: [UInt8]) {
        let modulus = Array(modulus.drop { $0 == 0 })
        guard let first = modulus.first, let last = modulus.last, last & 1 == 1, !exponent.isEmpty else { return nil }
        guard Self.sizes.contains(8 * modulus.count - first.leadingZeroBitCount) else { return nil }
        byteCount = modulus.count
        let numbers = DERWriter.sequence(
            DERWriter.integer(modulus) + DERWriter.integer(Array(exponent.drop { $0 == 0 })))
        spki = DERWriter.sequence(DERWriter.rsaEncryption + DERWriter.element(0x03, [0] + numbers))
        guard KeyHandle(spki: spki) != nil else { return nil }
    }

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 signature over `message` with SHA-512 (RFC 8017 §8.2).
    ///
    /// - Parameter signature: A number, most significant byte first; leading zero bytes may be missing, as in OpenPGP.
    public func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        defer { ErrorQueue.clear() }
        guard signature.count <= byteCount, let key = KeyHandle(spki: spki) else { return false }
        let padded = [UInt8](repeating: 0, count: byteCount - signature.count) + signature
        return key.verifies(padded, over: message, digestName: "SHA512")
    }
}
