import LibCrypto
public import Values

/// The key lists that a reader has followed, from the first that it trusted to the newest; also what a site records.
///
/// It only grows, one number at a time, by lists that ``KeyListCandidate`` has accepted.
public struct KeyChain: Hashable, Sendable {
    /// The number of the first list.
    public let first: Int
    /// The digests of the lists, one for each number from ``first`` on.
    public private(set) var digests: [SHA256Digest]
    /// The list whose keys count.
    public private(set) var newest: KeyList

    /// Begins with a list that was accepted under a pin.
    public init(beginning list: KeyList) {
        self.init(first: list.number, digests: [list.digest], newest: list)
    }

    init(first: Int, digests: [SHA256Digest], newest: KeyList) {
        self.first = first
        self.digests = digests
        self.newest = newest
    }

    /// The number of the list that could follow; `nil` when there can be none.
    public var next: Int? {
        let next = newest.number + 1
        return KeyList.numbers.contains(next) ? next : nil
    }

    /// Goes forward to a list that was accepted after ``newest``.
    public mutating func append(_ list: KeyList) {
        precondition(
            list.number == newest.number + 1 && list.previous == newest.digest,
            "a chain grows by the list after its newest")
        digests.append(list.digest)
        newest = list
    }

    /// The digest of list `number`, when it is a part of this chain.
    public func digest(of number: Int) -> SHA256Digest? {
        let index = number - first
        return digests.indices.contains(index) ? digests[index] : nil
    }

    /// Whether this chain has gone through the pinned list, so that going on from its newest is going on from the pin.
    public func contains(_ pin: KeyListPin) -> Bool { digest(of: pin.number) == pin.digest }
}

extension KeyChain {
    /// Refuses bytes that are not list ``newest``: somebody has made two lists of one number.
    ///
    /// - Throws: ``KeyListError/fork(number:recorded:found:)``.
    public func checkNewest(is bytes: [UInt8]) throws(KeyListError) {
        let (recorded, found) = (newest.digest, SHA256Digest.of(bytes))
        guard found == recorded else { throw .fork(number: newest.number, recorded: recorded, found: found) }
    }

    /// Refuses when a list is there that cannot be reached, since one below it is missing.
    ///
    /// - Parameters:
    ///   - numbers: The lists that are there.
    ///   - missing: The next that is not.
    /// - Throws: ``KeyListError/gap(missing:present:)``.
    public static func checkEnd(missing: Int, present numbers: [Int]) throws(KeyListError) {
        guard let beyond = numbers.filter({ $0 > missing }).min() else { return }
        throw .gap(missing: missing, present: beyond)
    }
}
