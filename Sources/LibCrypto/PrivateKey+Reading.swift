internal import CLibCrypto

extension PrivateKey {
    private static let labels = ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY"]

    /// Whether reading `pem` will ask for a passphrase, so that a person can be asked before.
    ///
    /// - Throws: ``CryptoError`` when there is no private key in it.
    public static func isEncrypted(pem: SecretBytes) throws(CryptoError) -> Bool {
        try unsafe pem.withUnsafeBytes { text throws(CryptoError) in
            try unsafe PEMBlock.only(in: text, labelled: labels).label == "ENCRYPTED PRIVATE KEY"
        }
    }

    /// Reads PKCS#8 (RFC 5208), plain or encrypted with PBES2 (PBKDF2 or scrypt up to 32 MiB), or SEC1 (RFC 5915).
    ///
    /// - Parameters:
    ///   - pem: One PEM block, at most 64 KiB.
    ///   - passphrase: Called once, and only when the key is encrypted; `nil` when nobody knows it.
    /// - Throws: ``CryptoError``; ``CryptoError/wrongPassphrase`` only when all but the passphrase is in order.
    public init(pem: SecretBytes, passphrase: () -> SecretBytes?) throws(CryptoError) {
        // Before any decoding: that looks names up, for which libcrypto reads its configuration.
        LibraryConfiguration.forbid()
        defer { ErrorQueue.clear() }
        let block = try unsafe pem.withUnsafeBytes { text throws(CryptoError) in
            try unsafe PEMBlock.only(in: text, labelled: Self.labels)
        }
        if let scheme = block.legacyEncryption { throw .unsupportedEncryption(name: "PEM with \(scheme)") }
        let handle: KeyHandle?
        switch block.label {
        case "EC PRIVATE KEY": handle = Self.readSEC1(block.content)
        case "PRIVATE KEY": handle = Self.readPKCS8(block.content)
        default: handle = try Self.readEncrypted(block.content, passphrase: passphrase)
        }
        guard let handle else { throw .malformedKey }
        try self.init(handle)
    }

    /// Reads a private key from an array; see ``init(pem:passphrase:)-(SecretBytes,_)``.
    public init(pem: [UInt8], passphrase: () -> SecretBytes?) throws(CryptoError) {
        try self.init(pem: SecretBytes(copying: pem), passphrase: passphrase)
    }

    private static func readSEC1(_ der: SecretBytes) -> KeyHandle? {
        unsafe der.withUnsafeBytes { bytes in
            var next = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            let end = unsafe next.map { unsafe $0 + bytes.count }
            guard
                let key = unsafe KeyHandle(
                    owning: d2i_PrivateKey_ex(EVP_PKEY_EC, nil, &next, bytes.count, CryptoLibrary.shared.context, nil)),
                unsafe next == end
            else { return nil }
            return key
        }
    }

    private static func readPKCS8(_ der: SecretBytes) -> KeyHandle? {
        unsafe der.withUnsafeBytes { bytes in
            var next = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            let end = unsafe next.map { unsafe $0 + bytes.count }
            guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &next, bytes.count) else { return nil }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            guard unsafe next == end else { return nil }
            return unsafe KeyHandle(owning: EVP_PKCS82PKEY_ex(info, CryptoLibrary.shared.context, nil))
        }
    }

    private static func readEncrypted(
        _ der: SecretBytes, passphrase: () -> SecretBytes?
    ) throws(CryptoError) -> KeyHandle? {
        let sealed = try unsafe der.withUnsafeBytes { bytes throws(CryptoError) in
            var next = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            let end = unsafe next.map { unsafe $0 + bytes.count }
            guard let sealed = unsafe d2i_X509_SIG(nil, &next, bytes.count) else { throw .malformedKey }
            guard unsafe next == end else {
                unsafe X509_SIG_free(sealed)
                throw .malformedKey
            }
            return unsafe sealed
        }
        defer { unsafe X509_SIG_free(sealed) }
        guard let passphrase = passphrase() else { throw .passphraseNeeded }
        let opened = unsafe passphrase.withUnsafeBytes { secret in
            let text = unsafe secret.bindMemory(to: CChar.self)
            return unsafe PKCS8_decrypt_ex(
                sealed, text.baseAddress, Int32(text.count), CryptoLibrary.shared.context, nil)
        }
        guard let info = unsafe opened else { throw unsafe whyNotDecrypted(sealed) }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        return unsafe KeyHandle(owning: EVP_PKCS82PKEY_ex(info, CryptoLibrary.shared.context, nil))
    }

    /// Bad padding, or padding that is right by chance with no key behind it, is the passphrase's fault. A cipher or a key
    /// derivation that could not even be set up leaves neither reason in the queue.
    private static func whyNotDecrypted(_ sealed: OpaquePointer) -> CryptoError {
        let entries = ErrorQueue.drain()
        let isDecrypted = entries.contains {
            $0.library == ERR_LIB_PKCS12
                && [PKCS12_R_PKCS12_CIPHERFINAL_ERROR, PKCS12_R_DECODE_ERROR].contains($0.reason)
        }
        guard !isDecrypted else { return .wrongPassphrase }
        return unsafe .unsupportedEncryption(name: schemeName(of: sealed))
    }

    private static func schemeName(of sealed: OpaquePointer) -> String {
        var algorithm: UnsafePointer<X509_ALGOR>?
        unsafe X509_SIG_get0(sealed, &algorithm, nil)
        guard let algorithm = unsafe algorithm else { return "unknown" }
        var name = [UInt8](repeating: 0, count: 80)
        let length = unsafe name.withUnsafeMutableBytes { buffer in
            unsafe OBJ_obj2txt(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count),
                algorithm.pointee.algorithm, 0)
        }
        return String(decoding: name[..<min(max(Int(length), 0), name.count - 1)], as: UTF8.self)
    }
}
