/// Typed access to the members of one object that remembers which were asked for, so that ``finish()`` can refuse the
/// rest.
///
///     let reader = try JSONReader(value)
///     let name = try reader.string("name")
///     let chunks = try reader.array("chunks") { item throws(JSONError) in try Chunk(item.object()) }
///     try reader.finish()
///
/// Documents of others are read with `dialect: .foreign`, where a `null` counts as absent (Go writes it for an empty
/// list) and ``finish()`` is not called, because unknown members are theirs to add.
///
/// Not for use by several threads.
public final class JSONReader {
    /// Where the object stands.
    public let path: JSONPath
    /// The object itself.
    public let object: JSONObject
    private let dialect: JSONDialect
    /// Members asked for: one bit each for the first 64, the others by position.
    private var asked: UInt64 = 0
    private var askedBeyond: Set<Int> = []

    /// - Throws: ``JSONError`` when `value` is no object.
    public init(_ value: JSONValue, path: JSONPath = .document, dialect: JSONDialect = .strict) throws(JSONError) {
        guard case .object(let object) = value else {
            throw .wrongKind(path: path.description, expected: "an object", found: value.kind)
        }
        self.path = path
        self.object = object
        self.dialect = dialect
    }

    /// The member called `key`; `nil` when there is none.
    public func optional(_ key: String) -> JSONItem? {
        guard let position = object.position(of: key) else { return nil }
        if position < 64 { asked |= 1 << UInt64(position) } else { askedBeyond.insert(position) }
        let value = object[position].value
        if dialect == .foreign, case .null = value { return nil }
        return JSONItem(value, path: path.appending(key), dialect: dialect)
    }

    /// The member called `key`.
    /// - Throws: ``JSONError/missing(key:path:)``.
    public func item(_ key: String) throws(JSONError) -> JSONItem {
        guard let item = optional(key) else { throw .missing(key: key, path: path.description) }
        return item
    }

    /// Refuses members that nobody asked for.
    /// - Throws: ``JSONError/unknownKeys(_:path:)`` with all of them.
    public func finish() throws(JSONError) {
        let all: UInt64 = object.count >= 64 ? .max : 1 << UInt64(object.count) - 1
        guard asked != all || askedBeyond.count != max(0, object.count - 64) else { return }
        let unknown = object.indices.filter { $0 < 64 ? asked >> UInt64($0) & 1 == 0 : !askedBeyond.contains($0) }
        throw .unknownKeys(unknown.map { object[$0].key }, path: path.description)
    }
}

extension JSONReader {
    /// The text of the string `key`.
    public func string(_ key: String) throws(JSONError) -> String { try item(key).string() }

    /// The text of the string `key`, if there is such a member.
    public func optionalString(_ key: String) throws(JSONError) -> String? { try optional(key)?.string() }

    /// The whole number `key`, within `range`.
    public func integer(_ key: String, in range: ClosedRange<Int> = Int.min...Int.max) throws(JSONError) -> Int {
        try item(key).integer(in: range)
    }

    /// The whole number `key`, within `range`, if there is such a member.
    public func optionalInteger(
        _ key: String, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(JSONError) -> Int? {
        try optional(key)?.integer(in: range)
    }

    /// The Boolean `key`.
    public func bool(_ key: String) throws(JSONError) -> Bool { try item(key).bool() }

    /// The Boolean `key`, if there is such a member.
    public func optionalBool(_ key: String) throws(JSONError) -> Bool? { try optional(key)?.bool() }

    /// A reader of the object `key`.
    public func object(_ key: String) throws(JSONError) -> JSONReader { try item(key).object() }

    /// A reader of the object `key`, if there is such a member.
    public func optionalObject(_ key: String) throws(JSONError) -> JSONReader? { try optional(key)?.object() }

    /// The elements of the array `key`, each with its place.
    public func items(_ key: String) throws(JSONError) -> [JSONItem] { try item(key).items() }

    /// The texts of the array of strings `key`.
    public func strings(_ key: String) throws(JSONError) -> [String] {
        try array(key) { (item) throws(JSONError) in try item.string() }
    }

    /// Reads each element of the array `key` with `read`.
    public func array<Element>(
        _ key: String, _ read: (JSONItem) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        try item(key).array(read)
    }

    /// Reads each element of the array `key` with `read`, if there is such a member.
    public func optionalArray<Element>(
        _ key: String, _ read: (JSONItem) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element]? {
        try optional(key)?.array(read)
    }

    /// A value that `parse` makes of the string `key`; `expected` says in words what it must be.
    public func parsed<Value>(
        _ key: String, as expected: String, _ parse: (String) -> Value?
    ) throws(JSONError) -> Value {
        try item(key).parsed(as: expected, parse)
    }

    /// A value that `parse` makes of the string `key`, if there is such a member.
    public func optionalParsed<Value>(
        _ key: String, as expected: String, _ parse: (String) -> Value?
    ) throws(JSONError) -> Value? {
        try optional(key)?.parsed(as: expected, parse)
    }

    /// Reads the members of this object as a map: every key with its value. All count as asked for.
    public func map<Element>(
        _ read: (String, JSONItem) throws(JSONError) -> Element
    ) throws(JSONError) -> [(key: String, value: Element)] {
        var result: [(key: String, value: Element)] = []
        for member in object {
            guard let item = optional(member.key) else { continue }
            result.append((member.key, try read(member.key, item)))
        }
        return result
    }
}
