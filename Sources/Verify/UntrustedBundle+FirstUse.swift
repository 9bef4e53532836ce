import Format
public import LibCrypto

extension UntrustedBundle {
    /// The one key that says it has signed this bundle: what a site that knows no key may choose to trust, see ``FirstUse``. Nothing is
    /// verified yet.
    ///
    /// - Throws: ``VerifyError/notOneKey(bundle:present:)`` where several have signed, or none: nobody could say which is meant.
    public borrowing func keyForFirstUse() throws(VerifyError) -> PublicKey {
        let present = presentKeyIDs()
        guard present.count == 1, let id = KeyID(present[0]) else { throw .notOneKey(bundle: path, present: present) }
        guard let pem = try read("\(BundleFile.signatures)/\(id).pub", limit: Self.keyLimit) else {
            throw .badKeyCopy(bundle: path, key: id)
        }
        let key: PublicKey
        do throws(CryptoError) { key = try PublicKey(pem: pem) } catch { throw .badKeyCopy(bundle: path, key: id) }
        guard key.keyID == id else { throw .badKeyCopy(bundle: path, key: id) }
        return key
    }
}
