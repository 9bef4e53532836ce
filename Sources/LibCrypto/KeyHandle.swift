internal import CLibCrypto

/// Owns one `EVP_PKEY`.
@safe struct KeyHandle: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over `pointer`; `nil` for a null pointer.
    init?(owning pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe EVP_PKEY_free(pointer) }

    /// Reads a SubjectPublicKeyInfo; `nil` when it is not one, or has bytes left over.
    init?(spki: [UInt8]) {
        let key = unsafe spki.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            let key = unsafe d2i_PUBKEY_ex(nil, &next, bytes.count, CryptoLibrary.shared.context, nil)
            guard unsafe key != nil, unsafe next == bytes.baseAddress.map({ unsafe $0 + bytes.count }) else {
                unsafe EVP_PKEY_free(key)
                return unsafe nil as OpaquePointer?
            }
            return unsafe key
        }
        ErrorQueue.clear()
        unsafe self.init(owning: key)
    }

    /// The algorithm, when it is one that sealift takes.
    ///
    /// - Throws: ``CryptoError/unsupportedKey(name:)`` with libcrypto's name of algorithm and curve.
    func algorithm() throws(CryptoError) -> SignatureAlgorithm {
        let name = typeName
        switch (name, name == "EC" ? groupName : nil) {
        case ("ED25519", _): return .ed25519
        case ("EC", "prime256v1"): return .ecdsaP256
        case ("EC", let group?): throw .unsupportedKey(name: "EC \(group)")
        case ("EC", nil): throw .unsupportedKey(name: "EC with explicit parameters")
        default: throw .unsupportedKey(name: "\(name), \(unsafe EVP_PKEY_get_bits(pointer)) bits")
        }
    }

    /// libcrypto's name of the algorithm.
    var typeName: String {
        guard let name = unsafe EVP_PKEY_get0_type_name(pointer) else { return "unknown" }
        return unsafe String(cString: name)
    }

    /// libcrypto's name of the curve.
    var groupName: String? {
        var name = [UInt8](repeating: 0, count: 80)
        var length = 0
        let status = unsafe name.withUnsafeMutableBytes { buffer in
            unsafe EVP_PKEY_get_group_name(
                pointer, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, &length)
        }
        ErrorQueue.clear()
        guard status == 1 else { return nil }
        return String(decoding: name[..<length], as: UTF8.self)
    }

    /// The SubjectPublicKeyInfo in DER, with an uncompressed point.
    func spki() throws(CryptoError) -> [UInt8] {
        if typeName == "EC" {
            // A private key may carry a compressed point; its fingerprint must not depend on that.
            _ = unsafe EVP_PKEY_set_utf8_string_param(
                pointer, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed")
        }
        var encoded: UnsafeMutablePointer<UInt8>?
        let length = unsafe i2d_PUBKEY(pointer, &encoded)
        ErrorQueue.clear()
        guard length > 0, let encoded = unsafe encoded else { throw .refused(operation: "encode a public key") }
        defer { unsafe CRYPTO_free(encoded, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: encoded, count: Int(length)))
    }
}
