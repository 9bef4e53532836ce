public import JSON
public import LibCrypto
public import Values

/// How a bundle came to be, as keys of this site's vouch for it: SLSA provenance v1 in an in-toto statement v1, in DSSE.
///
/// Its subject is the bundle's SHA256SUMS, found by digest alone (in-toto/attestation, spec/v1/statement.md).
public struct Provenance: Sendable {
    /// The largest file of attestations (docs/format.md §5).
    public static let fileLimit: ByteCount = .mebibytes(16)
    /// The most attestations in it.
    public static let mostLines = 16
    /// `_type` of a statement.
    public static let statement = "https://in-toto.io/Statement/v1"
    /// `predicateType` of provenance.
    public static let predicateType = "https://slsa.dev/provenance/v1"
    /// An honest statement is a dozen deep; its subjects are one.
    private static let limits = JSONLimits(depth: 32)
    private static let mostSubjects = 1_024

    /// The keys that signed it, each once.
    public let keys: [PublicKey]
    /// `runDetails.builder.id`: what built, as the keys' holders say.
    public let builder: String
    /// `buildDefinition.buildType`: how the rest is to be read.
    public let buildType: String
    /// All of it.
    public let predicate: JSONValue

    /// Looks in a file of attestations, one a line, for provenance of this bundle by one of `keys`.
    ///
    /// Lines that none of `keys` has signed, and those about something else, count for nothing: the file as a whole is not signed, so
    /// anybody may add to it and take from it.
    ///
    /// - Parameters:
    ///   - root: The digest of the bundle's SHA256SUMS.
    ///   - keys: Those that vouch for the bundle itself.
    ///   - expected: The predicate that the bundle carries, where it carries one: a statement that says otherwise does not count.
    /// - Throws: ``ProvenanceRefusal``.
    public init(
        reading file: [UInt8], over root: SHA256Digest, under keys: [PublicKey], expecting expected: JSONValue? = nil
    ) throws(ProvenanceRefusal) {
        guard file.count <= Self.fileLimit.bytes else { throw .tooLong(ByteCount(file.count)) }
        var found: (statement: Statement, keys: [PublicKey])?
        var passed: [ProvenanceRefusal.Passed] = []
        for (number, line) in try Self.lines(file).enumerated() {
            do throws(JSONError) {
                let envelope = try DSSEEnvelope(reading: Array(line))
                let signing = envelope.keys(signingWith: keys)
                if signing.isEmpty {
                    passed.append(.otherKey)
                } else if envelope.payloadType != DSSEEnvelope.statementType {
                    passed.append(.otherType(envelope.payloadType))
                } else if let statement = try Statement(reading: envelope.payload, over: root, expected, &passed) {
                    if found == nil { found = (statement, []) }
                    guard statement.predicate.canonical() == found?.statement.predicate.canonical() else { continue }
                    let known = found?.keys ?? []
                    found?.keys += signing.filter { !known.contains($0) }
                }
            } catch {
                throw .malformed(line: number + 1, error)
            }
        }
        guard let found else { throw .none(passed) }
        self.keys = found.keys
        builder = found.statement.builder
        buildType = found.statement.buildType
        predicate = found.statement.predicate
    }

    private static func lines(_ file: [UInt8]) throws(ProvenanceRefusal) -> [ArraySlice<UInt8>] {
        var lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count <= mostLines else { throw .tooManyLines(lines.count) }
        return lines
    }

    /// The bytes that a key signed, understood.
    private struct Statement {
        let builder: String
        let buildType: String
        let predicate: JSONValue

        /// `nil` for a statement about something else; why, is added to `passed`.
        init?(
            reading payload: [UInt8], over root: SHA256Digest, _ expected: JSONValue?,
            _ passed: inout [ProvenanceRefusal.Passed]
        ) throws(JSONError) {
            let value = try JSONValue.parse(payload, limits: Provenance.limits, dialect: .foreign)
            let reader = try JSONReader(value, dialect: .foreign)
            let types = (try reader.string("_type"), try reader.string("predicateType"))
            guard types == (Provenance.statement, Provenance.predicateType) else {
                passed.append(.otherType(types.0 == Provenance.statement ? types.1 : types.0))
                return nil
            }
            guard try Self.names(root, in: reader) else {
                passed.append(.otherSubject)
                return nil
            }
            let content = try reader.object("predicate")
            buildType = try content.object("buildDefinition").string("buildType")
            builder = try content.object("runDetails").object("builder").string("id")
            predicate = .object(content.object)
            guard expected == nil || expected?.canonical() == predicate.canonical() else {
                passed.append(.otherPredicate)
                return nil
            }
        }

        private static func names(_ root: SHA256Digest, in reader: JSONReader) throws(JSONError) -> Bool {
            let subjects = try reader.items("subject")
            guard subjects.count <= Provenance.mostSubjects else {
                throw .invalid(
                    path: "subject", expected: "at most \(Provenance.mostSubjects) subjects",
                    found: String(subjects.count))
            }
            for subject in subjects
            where try subject.object().object("digest").optionalString("sha256") == root.hex { return true }
            return false
        }
    }
}

/// Why a file of attestations shows no provenance.
public enum ProvenanceRefusal: Error, Hashable, Sendable {
    /// More lines than a file may have.
    case tooManyLines(Int)
    /// Longer than a file may be.
    case tooLong(ByteCount)
    /// The line is no envelope, or its signed statement no provenance.
    case malformed(line: Int, JSONError)
    /// No line is provenance of this bundle by a key that counts; what they are, in order.
    case none([Passed])

    /// Why a line does not count.
    public enum Passed: Hashable, Sendable {
        /// None of the keys that count has signed it.
        case otherKey
        /// It is of another type.
        case otherType(String)
        /// It is about another bundle.
        case otherSubject
        /// It says something else than the provenance that the bundle carries.
        case otherPredicate
    }

    /// What is wrong, in words.
    public var reason: String {
        switch self {
        case .tooManyLines(let count):
            "it has \(count) lines, more than the \(Provenance.mostLines) allowed"
        case .tooLong(let size): "its \(size) are more than the \(Provenance.fileLimit) allowed"
        case .malformed(let line, let error): "line \(line): \(error.reason)"
        case .none(let passed) where passed.isEmpty: "it is empty"
        case .none(let passed): passed.enumerated().map { "line \($0 + 1) \($1.words)" }.joined(separator: ", ")
        }
    }
}

extension ProvenanceRefusal.Passed {
    fileprivate var words: String {
        switch self {
        case .otherKey: "is signed by none of the keys that vouch for the bundle"
        case .otherType(let type): "is of the type \(type)"
        case .otherSubject: "is about another bundle"
        case .otherPredicate: "says something else than provenance.json"
        }
    }
}
