import LibCrypto
import Values

/// What vouches for one snap: its assertions, in the order in which `snap download` writes them.
public struct SnapEvidence: Hashable, Sendable {
    /// One assertion.
    public struct Part: Hashable, Sendable {
        /// Its type.
        public let type: AssertionType
        /// Where it is.
        public let url: String
        /// Its text.
        public let text: [UInt8]

        /// An assertion by its facts.
        public init(type: AssertionType, url: String, text: [UInt8]) {
            self.type = type
            self.url = url
            self.text = text
        }
    }

    /// Keys, accounts, the declaration, the revision.
    public let parts: [Part]

    /// Assertions in this order.
    public init(parts: [Part]) { self.parts = parts }

    /// The text for `snap ack`.
    public var stream: [UInt8] { Assertion.stream(parts.map(\.text)) }
}

extension SnapStore {
    /// The account whose assertions every snapd has (asserts/sysdb/trusted.go).
    private static let predefinedAccount = "canonical"
    /// More keys on top of each other than any store has.
    private static let deepest = 8

    /// Brings the assertions for a snap together, and checks them.
    ///
    /// - Parameter keys: The keys that the profile trusts.
    public func evidence(
        for snap: FoundSnap, _ query: SnapQuery, trusting keys: [String]
    ) throws(RegistryError) -> SnapEvidence {
        var collection = EvidenceCollection(store: self, query: query, trusted: keys)
        try collection.take(.snapRevision, [snap.digest.base64URL])
        try collection.take(.snapDeclaration, [Self.series, snap.id])
        let accounts = Set(collection.publishers).subtracting([Self.predefinedAccount]).sorted()
        for account in accounts { try collection.take(.account, [account]) }
        for _ in 0..<Self.deepest {
            guard let missing = collection.missingKey else { break }
            try collection.take(.accountKey, [missing])
        }
        let evidence = SnapEvidence(parts: collection.parts)
        try check(evidence, for: snap, query, trusting: keys)
        return evidence
    }

    /// Checks assertions that are at hand.
    public func check(
        _ evidence: SnapEvidence, for snap: FoundSnap, _ query: SnapQuery, trusting keys: [String]
    ) throws(RegistryError) {
        do throws(SnapTrouble) { try EvidenceCheck(evidence.stream, trusted: keys).check(snap) } catch {
            throw self.error(query, error)
        }
    }
}

/// Assertions on their way here, with what they ask for next.
private struct EvidenceCollection {
    let store: SnapStore
    let query: SnapQuery
    let trusted: [String]
    private var found: [(part: SnapEvidence.Part, assertion: Assertion)] = []

    init(store: SnapStore, query: SnapQuery, trusted: [String]) {
        self.store = store
        self.query = query
        self.trusted = trusted
    }

    mutating func take(_ type: AssertionType, _ key: [String]) throws(RegistryError) {
        let url = store.assertionURL(type, key)
        let text = try store.assertion(url, type, for: query)
        do throws(AssertionFault) {
            found.append((SnapEvidence.Part(type: type, url: url, text: text), try Assertion.parse(text)))
        } catch {
            throw store.error(query, .malformed(type.rawValue, error))
        }
    }

    /// The accounts that must be known: of who publishes the snap, and of who made it.
    var publishers: [String] {
        found.flatMap { [$0.assertion["publisher-id"], $0.assertion["developer-id"]] }.filter { !$0.isEmpty }
    }

    /// A key that signed one of them and is not here yet. Keys that are trusted are needed too, their signers are not.
    var missingKey: String? {
        let here = Set(found.map { $0.assertion["public-key-sha3-384"] })
        let signed = found.filter { !trusted.contains($0.assertion["public-key-sha3-384"]) }
        return signed.map(\.assertion.signKey).first { !here.contains($0) }
    }

    /// Each after what it rests on.
    var parts: [SnapEvidence.Part] {
        let order: [AssertionType] = [.accountKey, .account, .snapDeclaration, .snapRevision]
        return order.flatMap { type in found.reversed().map(\.part).filter { $0.type == type } }
    }
}
