internal import CLibCrypto

/// The one library context of this process: the built-in default provider and nothing else.
///
/// libcrypto would read `openssl.cnf`, or whatever `OPENSSL_CONF` names, at its first use, and load the shared objects
/// named there, even in a static binary and before any check of ours. `OPENSSL_INIT_NO_LOAD_CONFIG` forbids it
/// (OPENSSL_init_crypto(3)); a library context of our own has no configuration and no providers but what we load.
@safe struct CryptoLibrary: @unchecked Sendable {
    // Sendable: both objects are reference counted by libcrypto, written once before the first use, never freed, and
    // documented as shareable between threads (openssl-threads(7)).
    let context: OpaquePointer
    /// SHA-256, fetched once: a fetch by name takes a lock and a lookup for every message.
    let sha256: OpaquePointer

    static let shared = CryptoLibrary()

    private init() {
        guard OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1,
            let context = unsafe OSSL_LIB_CTX_new(),
            unsafe OSSL_PROVIDER_load(context, "default") != nil,
            let sha256 = unsafe EVP_MD_fetch(context, "SHA256", nil)
        else { fatalError("libcrypto has no SHA-256: out of memory, or built without its default provider") }
        unsafe self.context = context
        unsafe self.sha256 = sha256
    }
}
