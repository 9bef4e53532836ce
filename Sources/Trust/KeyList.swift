public import LibCrypto
public import Values

/// Whose signatures count from now on: one link of a chain in which each list is signed under the list before and under itself
/// (docs/format.md §5.2, in the spirit of TUF's root metadata).
public struct KeyList: Hashable, Sendable {
    /// A key and what people call it.
    public struct Member: Hashable, Sendable {
        /// What people call it.
        public let name: KeyName
        /// The key, whole.
        public let key: PublicKey

        /// Takes both as they are.
        public init(_ name: KeyName, _ key: PublicKey) {
            self.name = name
            self.key = key
        }
    }

    /// Keys, and how many of them must sign.
    public struct Quorum: Hashable, Sendable {
        /// Sorted by name.
        public let members: [Member]
        /// How many distinct keys of ``members`` must have signed.
        public let threshold: Int

        /// Takes both; members may come in any order.
        public init(_ members: [Member], threshold: Int) {
            self.members = members.sorted { $0.name < $1.name }
            self.threshold = threshold
        }

        /// Whether `key` is one of them.
        public func contains(_ key: PublicKey) -> Bool { members.contains { $0.key == key } }
    }

    /// Its place in the chain, from 1.
    public let number: Int
    /// The offline keys that sign lists.
    public let roots: Quorum
    /// The keys that sign bundles.
    public let keys: Quorum
    /// The digest of the list before; `nil` for number 1 only.
    public let previous: SHA256Digest?
    /// When a newer list should be there; `nil` for a list that does not grow old.
    public let expires: Timestamp?

    /// The numbers that a list can have: a new one each month lasts for 85 years.
    public static let numbers = 1...1_024
    /// The most keys of a list, roots included.
    public static let maximumKeys = 64

    /// Takes what keeps the rules of docs/format.md §5.2.
    ///
    /// - Throws: ``KeyListError/invalid(number:_:)``.
    public init(
        number: Int, roots: Quorum, keys: Quorum, previous: SHA256Digest?, expires: Timestamp?
    ) throws(KeyListError) {
        self.number = number
        self.roots = roots
        self.keys = keys
        self.previous = previous
        self.expires = expires
        do throws(Refusal) { try checkRules() } catch { throw .invalid(number: number, error) }
    }

    /// The digest of its bytes: what a site pins, and what the next list names.
    public var digest: SHA256Digest { .of(canonical) }
}

extension KeyList {
    /// Which rule of docs/format.md §5.2 a list breaks.
    public enum Refusal: Error, Hashable, Sendable {
        /// Beyond 1 to 1 024.
        case number
        /// The first list names one before it, or a later one does not.
        case previous
        /// More than 64 keys.
        case tooManyKeys(Int)
        /// Below 1, or more than there are keys.
        case threshold(Role, Int, of: Int)
        /// One name for two keys.
        case repeatedName(KeyName)
        /// One key, or two whose files would have one name.
        case repeatedKey(KeyName, KeyName)
    }

    /// What keys are for.
    public enum Role: String, Hashable, Sendable {
        /// They sign lists.
        case roots
        /// They sign bundles.
        case keys
    }

    private func checkRules() throws(Refusal) {
        guard Self.numbers.contains(number) else { throw .number }
        guard (number == 1) == (previous == nil) else { throw .previous }
        let members = roots.members + keys.members
        guard members.count <= Self.maximumKeys else { throw .tooManyKeys(members.count) }
        for (role, quorum) in [(Role.roots, roots), (.keys, keys)] {
            guard quorum.threshold >= 1, quorum.threshold <= quorum.members.count else {
                throw .threshold(role, quorum.threshold, of: quorum.members.count)
            }
        }
        for (index, member) in members.enumerated() {
            for earlier in members[..<index] {
                guard earlier.name != member.name else { throw .repeatedName(member.name) }
                guard earlier.key.keyID != member.key.keyID else { throw .repeatedKey(earlier.name, member.name) }
            }
        }
    }
}
