internal import CLibCrypto

extension PrivateKey {
    /// The most bytes of a signature: ECDSA P-256 in DER has 70 to 72, Ed25519 always 64.
    private static let longestSignature = 72

    /// Signs `message` and checks the signature with ``publicKey`` before giving it out.
    ///
    /// The check finds a key file whose halves do not belong together, and a computation gone wrong. ECDSA signatures differ
    /// from run to run (random k), Ed25519 ones do not.
    ///
    /// - Throws: ``CryptoError/inconsistentKey``, ``CryptoError/refused(operation:)``.
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        defer { ErrorQueue.clear() }
        guard let context = unsafe EVP_MD_CTX_new() else { throw .refused(operation: "sign") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let isReady = unsafe EVP_DigestSignInit_ex(
            context, nil, publicKey.algorithm.digestName, library, nil, handle.pointer, nil)
        var signature = [UInt8](repeating: 0, count: Self.longestSignature)
        var length = signature.count
        guard isReady == 1,
            unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1
        else { throw .refused(operation: "sign") }
        signature.removeLast(signature.count - length)
        guard publicKey.verifies(signature, over: message) else { throw .inconsistentKey }
        return signature
    }
}
