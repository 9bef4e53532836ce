internal import CLibCrypto

extension PrivateKey {
    /// Makes a new key from libcrypto's random generator, which the kernel seeds.
    ///
    /// - Throws: ``CryptoError/refused(operation:)``.
    public static func generate(_ algorithm: SignatureAlgorithm) throws(CryptoError) -> PrivateKey {
        defer { ErrorQueue.clear() }
        guard let handle = unsafe KeyHandle(owning: generated(algorithm)) else {
            throw .refused(operation: "make a key")
        }
        return try PrivateKey(handle)
    }

    private static func generated(_ algorithm: SignatureAlgorithm) -> OpaquePointer? {
        let name = algorithm == .ecdsaP256 ? "EC" : "ED25519"
        let context = unsafe EVP_PKEY_CTX_new_from_name(CryptoLibrary.shared.context, name, nil)
        guard let context = unsafe context else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_keygen_init(context) == 1 else { return nil }
        if algorithm == .ecdsaP256 {
            guard unsafe EVP_PKEY_CTX_set_group_name(context, "P-256") == 1 else { return nil }
        }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_generate(context, &key) == 1 else { return nil }
        return unsafe key
    }
}
