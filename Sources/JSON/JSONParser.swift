import Values

extension JSONValue {
    /// Reads one JSON document and nothing beside it.
    ///
    /// - Parameters:
    ///   - bytes: The whole document: UTF-8 without a byte order mark.
    ///   - limits: How deep and how long it may be.
    ///   - dialect: ``JSONDialect/strict`` for what sealift signs, ``JSONDialect/foreign`` for the documents of others.
    /// - Throws: ``JSONError``, with line, column, offset and path.
    /// - Complexity: One pass over `bytes`; O(n log n) comparisons in an object of n members.
    /// - SeeAlso: RFC 8259; RFC 7493 for duplicate keys, surrogates and numbers.
    public static func parse(
        _ bytes: [UInt8], limits: JSONLimits = .standard, dialect: JSONDialect = .strict
    ) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.size.bytes else {
            throw .tooLarge(ByteCount(bytes.count), limit: limits.size)
        }
        var parser = JSONParser(bytes: bytes, depthLimit: limits.depth, dialect: dialect)
        do {
            return try parser.document()
        } catch {
            throw .text(error.refusal, at: parser.position(of: error))
        }
    }
}

/// Recursive descent over an array of bytes with an index; the depth limit bounds the recursion.
struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    let dialect: JSONDialect
    var index = 0
    private var depth = 0

    /// A refusal on its way out; every enclosing value adds its link to the path.
    struct Fault: Error {
        let refusal: JSONRefusal
        let offset: Int
        var links: [String] = []

        init(_ refusal: JSONRefusal, at offset: Int) {
            self.refusal = refusal
            self.offset = offset
        }

        func inside(_ link: String) -> Fault {
            var copy = self
            copy.links.append(link)
            return copy
        }
    }

    init(bytes: [UInt8], depthLimit: Int, dialect: JSONDialect) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.dialect = dialect
    }

    mutating func document() throws(Fault) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw Fault(.byteOrderMark, at: 0) }
        skipSpace()
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw Fault(.trailingText, at: index) }
        return value
    }

    /// Reads the value that begins at `index`.
    private mutating func value() throws(Fault) -> JSONValue {
        guard index < bytes.count else { throw Fault(.unexpectedEnd, at: index) }
        switch bytes[index] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try nested { (parser) throws(Fault) in try parser.object() })
        case UInt8(ascii: "["): return .array(try nested { (parser) throws(Fault) in try parser.array() })
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw Fault(.unexpectedByte(bytes[index], expected: "a value"), at: index)
        }
    }

    private mutating func nested<Result>(
        _ body: (inout JSONParser) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        guard depth < depthLimit else { throw Fault(.tooDeep(limit: depthLimit), at: index) }
        depth += 1
        let result = try body(&self)
        depth -= 1
        return result
    }

    private mutating func array() throws(Fault) -> [JSONValue] {
        index += 1
        skipSpace()
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            do { elements.append(try value()) } catch { throw error.inside("[\(elements.count)]") }
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            try expect(UInt8(ascii: ","), orElse: "\",\" or \"]\"")
            skipSpace()
        }
    }

    private mutating func object() throws(Fault) -> JSONObject {
        index += 1
        skipSpace()
        var members: [JSONObject.Member] = []
        if take(UInt8(ascii: "}")) { return JSONObject() }
        let start = index
        while true {
            members.append(try member())
            skipSpace()
            if take(UInt8(ascii: "}")) { break }
            try expect(UInt8(ascii: ","), orElse: "\",\" or \"}\"")
            skipSpace()
        }
        var duplicate: Int?
        let object = JSONObject(members: members, duplicate: &duplicate)
        if let duplicate { throw try repetition(of: duplicate, key: members[duplicate].key, start: start) }
        return object
    }

    private mutating func member() throws(Fault) -> JSONObject.Member {
        guard index < bytes.count else { throw Fault(.unexpectedEnd, at: index) }
        guard bytes[index] == UInt8(ascii: "\"") else {
            throw Fault(.unexpectedByte(bytes[index], expected: "a key in quotes"), at: index)
        }
        let key = try string()
        skipSpace()
        try expect(UInt8(ascii: ":"), orElse: "\":\"")
        skipSpace()
        do {
            return JSONObject.Member(key: key, value: try value())
        } catch {
            throw error.inside(jsonPathLink(key))
        }
    }

    /// The fault of a repeated key, at that key: reads the object's members once more up to it.
    private mutating func repetition(of position: Int, key: String, start: Int) throws(Fault) -> Fault {
        index = start
        for _ in 0..<position {
            _ = try member()
            skipSpace()
            index += 1
            skipSpace()
        }
        return Fault(.duplicateKey(key), at: index)
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        for expected in text.description.utf8 {
            guard index < bytes.count else { throw Fault(.unexpectedEnd, at: index) }
            guard bytes[index] == expected else {
                throw Fault(.unexpectedByte(bytes[index], expected: "\"\(text)\""), at: index)
            }
            index += 1
        }
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, orElse expected: String) throws(Fault) {
        guard index < bytes.count else { throw Fault(.unexpectedEnd, at: index) }
        guard take(byte) else { throw Fault(.unexpectedByte(bytes[index], expected: expected), at: index) }
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }
}
