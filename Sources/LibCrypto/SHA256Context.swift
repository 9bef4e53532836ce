internal import CLibCrypto
public import Values

/// A running SHA-256 computation (FIPS 180-4). Owns one `EVP_MD_CTX`.
@safe public struct SHA256Context: ~Copyable {
    private let context: OpaquePointer

    /// Starts an empty message.
    public init() {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex2(context, CryptoLibrary.shared.sha256, nil) == 1
        else { fatalError("libcrypto cannot start SHA-256: out of memory") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds `bytes` to the message. Copies nothing.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let status = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "EVP_DigestUpdate refused a live context")
    }

    /// Adds `bytes` to the message. Copies nothing.
    public mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// Adds `bytes` to the message. Copies nothing.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    /// Ends the message and gives its digest.
    public consuming func finalize() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        let status = unsafe EVP_DigestFinal_ex(context, &bytes, nil)
        guard status == 1, let digest = SHA256Digest(bytes: bytes) else {
            fatalError("EVP_DigestFinal_ex refused a live context")
        }
        return digest
    }
}

extension SHA256Digest {
    /// The SHA-256 of `bytes`.
    ///
    /// - Complexity: One pass over `bytes`, no copy.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        var context = SHA256Context()
        unsafe context.update(bytes)
        return context.finalize()
    }

    /// The SHA-256 of `bytes`.
    public static func of(_ bytes: Span<UInt8>) -> SHA256Digest {
        var context = SHA256Context()
        context.update(bytes)
        return context.finalize()
    }

    /// The SHA-256 of `bytes`.
    public static func of(_ bytes: [UInt8]) -> SHA256Digest { of(bytes.span) }
}
