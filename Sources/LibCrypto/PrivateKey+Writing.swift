internal import CLibCrypto

extension PrivateKey {
    /// The least rounds of PBKDF2-HMAC-SHA256 that are written (OWASP Password Storage Cheat Sheet, 2023).
    public static let minimumIterations = 600_000
    /// The length of the salt, in bytes (NIST SP 800-132 §5.1 asks for 16).
    private static let saltLength: Int32 = 16

    /// The key as PKCS#8 in PEM: plain, or encrypted with PBES2: PBKDF2-HMAC-SHA256 and AES-256-CBC (RFC 8018 §6.2).
    ///
    /// `openssl pkey` reads both.
    ///
    /// - Parameter iterations: Rounds of PBKDF2, at least ``minimumIterations``.
    /// - Throws: ``CryptoError/refused(operation:)``.
    public func pem(
        encryptedWith passphrase: SecretBytes?, iterations: Int = minimumIterations
    ) throws(CryptoError) -> SecretBytes {
        precondition(iterations >= Self.minimumIterations, "a key file is encrypted with at least 600 000 rounds")
        defer { ErrorQueue.clear() }
        guard let info = unsafe EVP_PKEY2PKCS8(handle.pointer) else {
            throw .refused(operation: "encode a private key")
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        guard let passphrase else {
            let encoded = try unsafe Self.encode { unsafe i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
            return encoded.asPEM(labelled: "PRIVATE KEY")
        }
        let sealed = try unsafe Self.encrypt(info, with: passphrase, iterations: iterations)
        defer { unsafe X509_SIG_free(sealed) }
        let encoded = try unsafe Self.encode { unsafe i2d_X509_SIG(sealed, $0) }
        return encoded.asPEM(labelled: "ENCRYPTED PRIVATE KEY")
    }

    /// Gives an `X509_SIG` that the caller frees.
    private static func encrypt(
        _ info: OpaquePointer, with passphrase: SecretBytes, iterations: Int
    ) throws(CryptoError) -> OpaquePointer {
        let library = unsafe CryptoLibrary.shared.context
        guard let cipher = unsafe EVP_CIPHER_fetch(library, "AES-256-CBC", nil) else {
            throw .refused(operation: "encrypt a private key")
        }
        defer { unsafe EVP_CIPHER_free(cipher) }
        let scheme = unsafe PKCS5_pbe2_set_iv_ex(
            cipher, Int32(iterations), nil, saltLength, nil, NID_hmacWithSHA256, library)
        guard let scheme = unsafe scheme else { throw .refused(operation: "encrypt a private key") }
        let sealed = unsafe passphrase.withUnsafeBytes { secret in
            let text = unsafe secret.bindMemory(to: CChar.self)
            return unsafe PKCS8_set0_pbe_ex(text.baseAddress, Int32(text.count), info, scheme, library, nil)
        }
        guard let sealed = unsafe sealed else {
            unsafe X509_ALGOR_free(scheme)
            throw .refused(operation: "encrypt a private key")
        }
        return unsafe sealed
    }

    /// Runs an `i2d_` function twice: for the length, then into memory that is wiped.
    private static func encode(
        _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(CryptoError) -> SecretBytes {
        let length = write(nil)
        guard length > 0 else { throw .refused(operation: "encode a private key") }
        return unsafe SecretBytes(capacity: Int(length)) { memory in
            var next = unsafe memory.bindMemory(to: UInt8.self).baseAddress
            return Int(unsafe write(&next))
        }
    }
}

extension SecretBytes {
    fileprivate func asPEM(labelled label: String) -> SecretBytes {
        let capacity = (count + 2) / 3 * 4 * 65 / 64 + 2 * label.utf8.count + 64
        return unsafe SecretBytes(capacity: capacity) { memory in
            var length = 0
            unsafe withUnsafeBytes { content in
                unsafe PEMBlock.write(content, labelled: label) { character in
                    unsafe memory[length] = character
                    length += 1
                }
            }
            return length
        }
    }
}
