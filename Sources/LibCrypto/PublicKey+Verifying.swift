internal import CLibCrypto

extension PublicKey {
    /// Whether `signature` is this key's signature over `message`.
    ///
    /// Whatever libcrypto answers but a plain yes is a no: a wrong value gives 0, an ECDSA signature that is not DER or has
    /// bytes left over gives −1 (EVP_DigestVerify(3)). Ed25519 is pure, without a digest (RFC 8032 §5.1).
    public func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        defer { ErrorQueue.clear() }
        guard let key = KeyHandle(spki: spki) else { return false }
        return key.verifies(signature, over: message, digestName: algorithm.digestName)
    }
}

extension KeyHandle {
    func verifies(_ signature: [UInt8], over message: [UInt8], digestName: String?) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        let isReady = unsafe EVP_DigestVerifyInit_ex(
            context, nil, digestName, CryptoLibrary.shared.context, nil, pointer, nil)
        guard isReady == 1 else { return false }
        return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
