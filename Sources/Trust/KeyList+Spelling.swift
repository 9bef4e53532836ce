import JSON
import LibCrypto
import Values

extension KeyList {
    /// The version of the form that this code reads and writes.
    static let format = 1

    /// The one spelling of this list: what is signed (docs/format.md §3 and §5.2).
    public var canonical: [UInt8] {
        var object = JSONObject()
        if let expires { object.append("expires", .string(expires.description)) }
        object.append("format", .integer(Self.format))
        object.append("keys", .array(keys.members.map(\.json)))
        object.append("number", .integer(number))
        if let previous { object.append("previous", .string(previous.hex)) }
        object.append("rootThreshold", .integer(roots.threshold))
        object.append("roots", .array(roots.members.map(\.json)))
        object.append("threshold", .integer(keys.threshold))
        return JSONValue.object(object).canonical()
    }

    /// Reads the list that must have this number.
    ///
    /// - Parameter bytes: Bytes that are pinned, or signed under the list before.
    /// - Throws: ``KeyListError`` for anything but the one spelling of a list that keeps every rule.
    public init(reading bytes: [UInt8], number: Int) throws(KeyListError) {
        let list: KeyList
        do {
            let limits = JSONLimits(depth: 8, size: KeyListFile.maximumSize)
            list = try Self.read(JSONReader(JSONValue.parse(bytes, limits: limits)), number: number)
        } catch let error as JSONError {
            throw .unreadable(number: number, error)
        } catch let error as KeyListError {
            throw error
        } catch {
            fatalError("reading JSON throws JSONError: \(error)")
        }
        guard list.canonical == bytes else { throw .notCanonical(number: number) }
        self = list
    }

    private static func read(_ reader: JSONReader, number expected: Int) throws -> KeyList {
        let found = try reader.integer("format")
        guard found == format else { throw KeyListError.unsupportedFormat(number: expected, found: found) }
        let number = try reader.integer("number", in: numbers)
        guard number == expected else { throw KeyListError.wrongNumber(file: expected, found: number) }
        let list = try KeyList(
            number: number,
            roots: Quorum(reader.array("roots", Member.read), threshold: reader.integer("rootThreshold")),
            keys: Quorum(reader.array("keys", Member.read), threshold: reader.integer("threshold")),
            previous: reader.optionalParsed("previous", as: "64 lower-case hexadecimal digits") {
                SHA256Digest(hex: $0)
            }, expires: reader.optionalParsed("expires", as: "a time such as 2026-11-20T08:30:00Z") { Timestamp($0) })
        try reader.finish()
        return list
    }
}

extension KeyList.Member {
    fileprivate var json: JSONValue { ["key": .string(Base64.encode(key.spki)), "name": .string(name.text)] }

    fileprivate static func read(_ item: JSONItem) throws(JSONError) -> Self {
        let reader = try item.object()
        let member = Self(
            try reader.parsed("name", as: "a key's name") { KeyName($0) },
            try reader.parsed("key", as: "a SubjectPublicKeyInfo in Base64, ECDSA P-256 or Ed25519", publicKey))
        try reader.finish()
        return member
    }

    private static func publicKey(_ text: String) -> PublicKey? {
        guard let spki = Base64.decode(text) else { return nil }
        do throws(CryptoError) { return try PublicKey(spki: spki) } catch { return nil }
    }
}
