public import JSON
import LibCrypto
import Reporting
public import Values

extension KeyChain {
    /// The largest record, in bytes: a list, and 1 024 digests.
    public static let maximumRecordSize = ByteCount.kibibytes(256)
    private static let format = 1

    /// What a site keeps: the digests of all lists that it went through, and the newest list whole.
    public var record: [UInt8] {
        let list: JSONValue
        do { list = try JSONValue.parse(newest.canonical, limits: .standard) } catch {
            fatalError("a key list is JSON: \(error)")
        }
        let record: JSONValue = [
            "digests": .array(digests.map { .string($0.hex) }), "first": .integer(first),
            "format": .integer(Self.format), "list": list,
        ]
        return record.canonical()
    }

    /// Reads what the site has kept.
    ///
    /// - Throws: ``KeyListError/unreadableRecord(reason:)``: such a record must not count as none.
    public init(reading record: [UInt8]) throws(KeyListError) {
        do throws(JSONError) {
            self = try Self.read(record)
        } catch {
            throw .unreadableRecord(reason: error.reason)
        }
        guard digests.last == newest.digest, self.record == record else {
            throw .unreadableRecord(reason: "its digests do not belong to its list")
        }
    }

    private static func read(_ record: [UInt8]) throws(JSONError) -> KeyChain {
        let reader = try JSONReader(JSONValue.parse(record, limits: JSONLimits(depth: 16, size: maximumRecordSize)))
        _ = try reader.integer("format", in: format...format)
        let first = try reader.integer("first", in: KeyList.numbers)
        let digests = try reader.array("digests") { (item) throws(JSONError) in
            try item.parsed(as: "64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) }
        }
        let item = try reader.item("list")
        try reader.finish()
        do throws(KeyListError) {
            let newest = try KeyList(reading: item.value.canonical(), number: first + digests.count - 1)
            return KeyChain(first: first, digests: digests, newest: newest)
        } catch {
            throw item.invalid("a key list (\(error.diagnostic.message))", found: "another")
        }
    }
}

extension KeyChain {
    /// The newest list in a few members, for a report: `number`, `digest`, `expires`.
    public var json: JSONValue {
        [
            "number": .integer(newest.number), "digest": .string("SHA256:" + newest.digest.hex),
            "expires": newest.expires.map { .string($0.description) } ?? .null,
        ]
    }

    /// The newest list in a line, for a person.
    public var words: String {
        "key list \(newest.number), SHA256:\(newest.digest.hex)"
            + (newest.expires.map { ", until \($0)" } ?? "")
    }
}
