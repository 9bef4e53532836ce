import Format
import LibCrypto
import Posix
import Trust
import Values

extension UntrustedBundle {
    /// The largest signature and public key, in bytes (docs/format.md §5).
    private static let signatureLimit: ByteCount = 1_024
    static let keyLimit: ByteCount = 4_096

    /// The pinned keys whose signatures over `root` verify, each once.
    ///
    /// Opens `signatures/<key id of a pin>.sig`, and `.pub` where only a fingerprint is pinned; nothing else.
    borrowing func keysVouching(
        for root: [UInt8], under policy: TrustPolicy, beside certified: (signers: [CertifiedSigner], others: [String])
    ) throws(VerifyError) -> [PublicKey] {
        var keys: [PublicKey] = []
        for pin in policy.pins {
            guard let key = try key(signing: root, pinnedBy: pin), !keys.contains(key) else { continue }
            keys.append(key)
        }
        // A key counts once, whether it is pinned, vouched for by a CA, or both.
        let distinct = Set(keys.map(\.fingerprint)).union(certified.signers.map(\.keyFingerprint))
        guard distinct.count >= policy.threshold else {
            throw .notSigned(
                bundle: path, by: policy.pins.map(\.origin) + policy.authorities.map(\.name) + certified.others,
                present: presentKeyIDs(), found: distinct.count, needed: policy.threshold)
        }
        let silent = policy.named.filter { pin in !keys.contains { pin.matches($0) } }
        guard silent.isEmpty else { throw .notSignedByNamed(bundle: path, by: silent.map(\.origin)) }
        return keys
    }

    /// The key of `pin` when it has signed; `nil` when its signature is not there.
    private borrowing func key(signing root: [UInt8], pinnedBy pin: Pin) throws(VerifyError) -> PublicKey? {
        guard let id = pin.keyID else { return nil }
        guard let signature = try read("\(BundleFile.signatures)/\(id).sig", limit: Self.signatureLimit) else {
            return nil
        }
        guard let key = try publicKey(of: pin, id: id) else { return nil }
        guard key.verifies(signature, over: root) else {
            throw .badSignature(bundle: path, key: id, origin: pin.origin)
        }
        return key
    }

    /// The pinned key itself, or the bundle's copy of it when that has the pinned fingerprint.
    private borrowing func publicKey(of pin: Pin, id: KeyID) throws(VerifyError) -> PublicKey? {
        switch pin.trust {
        case .key(let key): return key
        case .fingerprint(let digits):
            guard let pem = try read("\(BundleFile.signatures)/\(id).pub", limit: Self.keyLimit) else { return nil }
            let key: PublicKey
            do throws(CryptoError) { key = try PublicKey(pem: pem) } catch { throw .badKeyCopy(bundle: path, key: id) }
            guard key.fingerprint.hex.hasPrefix(digits) else { throw .badKeyCopy(bundle: path, key: id) }
            return key
        }
    }

    /// Key ids by the names of the signatures that are there: for the words of a refusal, and where a person asks for trust on first use.
    borrowing func presentKeyIDs() -> [String] {
        do {
            let names = try folder.open(MemberPath(validating: BundleFile.signatures)).entries()
            return names.filter { $0.hasSuffix(".sig") && KeyID($0.dropLast(4)) != nil }.prefix(16).map {
                String($0.dropLast(4))
            }
        } catch {
            return []
        }
    }
}
