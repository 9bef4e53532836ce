public import LibCrypto
public import Values

/// The list that a reader begins with when nothing is recorded: known by another road than the bundle.
public struct KeyListPin: Hashable, Sendable {
    /// Its number.
    public let number: Int
    /// The digest of its bytes.
    public let digest: SHA256Digest

    /// Takes both as they are.
    public init(number: Int, digest: SHA256Digest) {
        self.number = number
        self.digest = digest
    }
}

/// A list that the reader has reason to read, and whose own root keys have not been asked yet.
///
/// Its initializers are the two ways to trust: a pin, or the list before. Nothing is parsed before that holds.
public struct KeyListCandidate: Sendable {
    /// What it says.
    public let list: KeyList
    private let bytes: [UInt8]

    /// Signatures over one list by the keys' short names. Who collects them need not open any other.
    public typealias Signatures = [KeyID: [UInt8]]

    /// The first list that a reader takes, when it is the pinned one.
    ///
    /// - Throws: ``KeyListError``.
    public init(_ bytes: [UInt8], pinned pin: KeyListPin) throws(KeyListError) {
        let found = SHA256Digest.of(bytes)
        guard found == pin.digest else { throw .notPinned(number: pin.number, pinned: pin.digest, found: found) }
        list = try KeyList(reading: bytes, number: pin.number)
        self.bytes = bytes
    }

    /// The list after `trusted`, when the root keys of that one have signed it.
    ///
    /// - Parameter signatures: Those by `trusted.roots`, as far as they are there.
    /// - Throws: ``KeyListError``.
    public init(_ bytes: [UInt8], after trusted: KeyList, signatures: Signatures) throws(KeyListError) {
        let number = trusted.number + 1
        try trusted.checkRoots(have: signatures, over: bytes, of: number)
        list = try KeyList(reading: bytes, number: number)
        guard list.previous == trusted.digest else { throw .wrongPrevious(number: number) }
        self.bytes = bytes
    }

    /// The list, when its own root keys have signed it too: whoever holds them can do so, and agrees.
    ///
    /// - Parameter signatures: Those by `list.roots`, as far as they are there.
    /// - Throws: ``KeyListError``.
    public func accepted(by signatures: Signatures) throws(KeyListError) -> KeyList {
        try list.checkRoots(have: signatures, over: bytes, of: list.number)
        return list
    }
}

extension KeyList {
    /// Refuses when fewer root keys of this list than its threshold have signed `bytes`, which is list `number`, or one of them wrongly.
    func checkRoots(
        have signatures: KeyListCandidate.Signatures, over bytes: [UInt8], of number: Int
    ) throws(KeyListError) {
        var found = 0
        for member in roots.members {
            guard let signature = signatures[member.key.keyID] else { continue }
            guard member.key.verifies(signature, over: bytes) else {
                throw .badSignature(number: number, name: member.name, key: member.key.keyID)
            }
            found += 1
        }
        guard found >= roots.threshold else {
            throw .notSigned(number: number, under: self.number, found: found, needed: roots.threshold)
        }
    }
}
