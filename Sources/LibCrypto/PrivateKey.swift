/// A private key that sealift can sign with. Owns one `EVP_PKEY`, which libcrypto wipes when it goes.
@safe public struct PrivateKey: ~Copyable {
    let handle: KeyHandle
    /// The library context that computes with it: ours, or that of a provider, which is never freed.
    let library: OpaquePointer
    /// The other half.
    public let publicKey: PublicKey

    /// Takes over `handle` when its algorithm is one of ours.
    init(_ handle: consuming KeyHandle) throws(CryptoError) {
        _ = try handle.algorithm()
        publicKey = try PublicKey(spki: handle.spki())
        self.handle = handle
        unsafe library = CryptoLibrary.shared.context
    }

    /// Takes over an `EVP_PKEY` of another `OSSL_LIB_CTX`, for the wrapper of tokens: the key itself may be out of reach.
    package init(takingOver key: OpaquePointer, of library: OpaquePointer) throws(CryptoError) {
        guard let handle = unsafe KeyHandle(owning: key) else { throw .malformedKey }
        _ = try handle.algorithm()
        publicKey = try PublicKey(spki: handle.spki())
        self.handle = handle
        unsafe self.library = library
    }
}
