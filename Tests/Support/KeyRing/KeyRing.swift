public import LibCrypto
public import Trust
public import Values

/// Keys by name, made when they are first spoken of, and what they sign. Names of even length have ECDSA keys, the others Ed25519.
public final class KeyRing {
    /// Thrown when a test's own text is wrong.
    struct Mistake: Error {}

    private var held: [String: HeldKey] = [:]

    /// A ring without keys.
    public init() {}

    private func key(_ name: String) throws -> HeldKey {
        if let key = held[name] { return key }
        let key = HeldKey(try PrivateKey.generate(name.utf8.count.isMultiple(of: 2) ? .ecdsaP256 : .ed25519))
        held[name] = key
        return key
    }

    /// The public half of the key called `name`.
    public func publicKey(_ name: String) throws -> PublicKey { try key(name).key.publicKey }

    /// The signature of the key called `name` over `bytes`.
    public func sign(_ bytes: [UInt8], by name: String) throws -> [UInt8] { try key(name).key.sign(bytes) }

    /// The keys of these names, in a list under these names.
    public func quorum(_ names: [String], needing threshold: Int) throws -> KeyList.Quorum {
        let members = try names.map { name in
            guard let called = KeyName(name) else { throw Mistake() }
            return KeyList.Member(called, try publicKey(name))
        }
        return KeyList.Quorum(members, threshold: threshold)
    }

    /// The list after `last`, or the first; by default any one root key and any one signing key suffice.
    public func list(
        after last: KeyList? = nil, roots: [String], needing rootThreshold: Int = 1, keys: [String],
        threshold: Int = 1, expires: Timestamp? = nil
    ) throws -> KeyList {
        try KeyList(
            number: (last?.number ?? 0) + 1, roots: quorum(roots, needing: rootThreshold),
            keys: quorum(keys, needing: threshold), previous: last?.digest, expires: expires)
    }

    /// Signatures over `bytes` by the keys of these names.
    public func signatures(over bytes: [UInt8], by names: [String]) throws -> KeyListCandidate.Signatures {
        var signatures: KeyListCandidate.Signatures = [:]
        for name in names { signatures[try publicKey(name).keyID] = try sign(bytes, by: name) }
        return signatures
    }
}

/// A private key that a dictionary can hold.
private final class HeldKey {
    let key: PrivateKey

    init(_ key: consuming PrivateKey) { self.key = key }
}
