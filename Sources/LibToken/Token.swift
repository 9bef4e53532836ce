internal import CLibCrypto
public import LibCrypto

/// Keys in tokens and HSMs, by OpenSSL's provider `pkcs11` (latchset/pkcs11-provider).
///
/// In a library context of its own: what the provider brings never answers for the keys of sites, and a token's library that uses
/// libcrypto itself finds the default context unlocked (in it, SoftHSM waits for ever).
public enum Token {
    /// The private key at `uri`; it stays in the token.
    ///
    /// - Parameters:
    ///   - hasModule: Whether PKCS11_PROVIDER_MODULE, which the provider reads, is set.
    ///   - pin: Called at most once, since tokens count wrong PINs; `nil` when nobody knows it.
    /// - Throws: ``TokenError``.
    public static func key(at uri: TokenURI, hasModule: Bool, pin: @escaping () -> SecretBytes?) throws(TokenError)
        -> PrivateKey
    {
        LibraryConfiguration.forbid()
        guard hasModule else { throw .noModule }
        let library = try unsafe provided()
        let asked = Asked(pin)
        let keys = try unsafe load(uri.canonical, library, asked)
        let count = unsafe keys.count
        guard count > 0, let key = unsafe keys.first else {
            if asked.isUnanswered { throw .pinNeeded }
            throw asked.isAnswered ? .notFoundOrWrongPIN : .notFound
        }
        guard count == 1 else {
            unsafe keys.forEach { unsafe EVP_PKEY_free($0) }
            throw .several(count)
        }
        do throws(CryptoError) { return try unsafe PrivateKey(takingOver: key, of: library) } catch {
            throw .key(error)
        }
    }

    /// A library context with the provider and libcrypto's own, in this order of search.
    private static func provided() throws(TokenError) -> OpaquePointer {
        guard let library = unsafe OSSL_LIB_CTX_new(), unsafe OSSL_PROVIDER_load(library, "default") != nil else {
            fatalError("libcrypto cannot make a context: out of memory")
        }
        // The provider would otherwise ask by itself where nobody has a PIN, and read it from standard input.
        unsafe UI_set_default_method(UI_null())
        guard unsafe OSSL_PROVIDER_load(library, "pkcs11") != nil else {
            let code = ERR_peek_last_error()
            let reason =
                unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "it cannot be loaded"
            ERR_clear_error()
            throw .noProvider(reason: reason)
        }
        return unsafe library
    }

    private static func load(
        _ uri: String, _ library: OpaquePointer, _ asked: Asked
    ) throws(TokenError) -> [OpaquePointer] {
        defer { ERR_clear_error() }
        guard let interface = unsafe UI_UTIL_wrap_read_pem_callback(answer, 0) else {
            fatalError("libcrypto cannot ask: out of memory")
        }
        defer { unsafe UI_destroy_method(interface) }
        let store = unsafe OSSL_STORE_open_ex(
            uri, library, "provider=pkcs11", interface, Unmanaged.passUnretained(asked).toOpaque(), nil, nil, nil)
        guard let store = unsafe store else { throw .notFound }
        defer { unsafe OSSL_STORE_close(store) }
        var keys = unsafe [OpaquePointer]()
        while unsafe OSSL_STORE_eof(store) == 0, let found = unsafe OSSL_STORE_load(store) {
            if unsafe OSSL_STORE_INFO_get_type(found) == OSSL_STORE_INFO_PKEY,
                let key = unsafe OSSL_STORE_INFO_get1_PKEY(found)
            {
                unsafe keys.append(key)
            }
            unsafe OSSL_STORE_INFO_free(found)
        }
        return unsafe keys
    }
}

/// Gives the PIN to libcrypto: `pem_password_cb`, which returns its length, or −1.
private func answer(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _: Int32, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let buffer = unsafe buffer, let context = unsafe context else { return -1 }
    let asked = unsafe Unmanaged<Asked>.fromOpaque(context).takeUnretainedValue()
    guard let pin = asked.ask(), pin.count < Int(size) else { return -1 }
    unsafe pin.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)).copyMemory(from: bytes)
    }
    return Int32(pin.count)
}

/// Whether somebody was asked for the PIN, and what came of it.
private final class Asked {
    private let pin: () -> SecretBytes?
    private(set) var isAnswered = false
    private(set) var isUnanswered = false

    init(_ pin: @escaping () -> SecretBytes?) { self.pin = pin }

    func ask() -> SecretBytes? {
        guard !isAnswered, !isUnanswered, let answer = pin() else {
            isUnanswered = !isAnswered
            return nil
        }
        isAnswered = true
        return answer
    }
}
