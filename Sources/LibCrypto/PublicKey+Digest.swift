internal import CLibCrypto
public import Values

extension PublicKey {
    /// Whether `signature` is this key's ECDSA signature over a message with this SHA-256: for messages that are too long to hold.
    ///
    /// Ed25519 signs messages, not digests (RFC 8032 §5.1), so the answer is no for such a key.
    public func verifies(_ signature: [UInt8], overDigest digest: SHA256Digest) -> Bool {
        defer { ErrorQueue.clear() }
        guard algorithm == .ecdsaP256, let key = KeyHandle(spki: spki) else { return false }
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(CryptoLibrary.shared.context, key.pointer, nil) else {
            return false
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_verify_init(context) == 1 else { return false }
        let bytes = digest.bytes.map { $0 }
        return unsafe EVP_PKEY_verify(context, signature, signature.count, bytes, bytes.count) == 1
    }
}
