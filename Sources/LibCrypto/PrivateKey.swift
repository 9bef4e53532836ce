/// A private key that sealift can sign with. Owns one `EVP_PKEY`, which libcrypto wipes when it goes.
public struct PrivateKey: ~Copyable {
    let handle: KeyHandle
    /// The other half.
    public let publicKey: PublicKey

    /// Takes over `handle` when its algorithm is one of ours.
    init(_ handle: consuming KeyHandle) throws(CryptoError) {
        _ = try handle.algorithm()
        publicKey = try PublicKey(spki: handle.spki())
        self.handle = handle
    }
}
