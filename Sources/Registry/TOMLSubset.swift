/// The part of TOML 1.0 that `hosts.toml` files are written in: tables, quoted keys, strings, Booleans, whole numbers
/// and arrays. Everything else (dates, inline tables, multi-line strings, dotted keys) is refused with its line.
struct TOMLSubset {
    enum Value: Hashable {
        case text(String)
        case flag(Bool)
        case number(Int)
        case list([Value])
    }

    struct Entry: Hashable {
        let key: String
        let value: Value
        let line: Int
    }

    /// One `[a."b c"]` with what follows it; the first has an empty path.
    struct Table: Hashable {
        let path: [String]
        let line: Int
        var entries: [Entry] = []
    }

    struct Refusal: Error, Hashable {
        let line: Int
        let reason: String
    }

    /// In the order written.
    let tables: [Table]

    init(_ bytes: [UInt8]) throws(Refusal) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Refusal(line: 1, reason: "it is not UTF-8") }
        var scanner = TOMLScanner(bytes: bytes)
        var tables = [Table(path: [], line: 1)]
        while try scanner.skipToContent() {
            guard !scanner.isAt("[") else {
                let (path, line) = try scanner.header()
                guard !tables.contains(where: { $0.path == path }) else {
                    throw Refusal(line: line, reason: "the table comes twice")
                }
                tables.append(Table(path: path, line: line))
                continue
            }
            let entry = try scanner.entry()
            guard !tables[tables.count - 1].entries.contains(where: { $0.key == entry.key }) else {
                throw Refusal(line: entry.line, reason: "the key \"\(entry.key)\" comes twice")
            }
            tables[tables.count - 1].entries.append(entry)
        }
        self.tables = tables
    }
}

/// Walks once over the bytes and counts lines.
private struct TOMLScanner {
    let bytes: [UInt8]
    var position = 0
    var line = 1

    /// The deepest array, enough for a list of certificate and key pairs.
    private static let maximumDepth = 4

    func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(truncatingIfNeeded: character.value)
    }

    private func refusal(_ reason: String) -> TOMLSubset.Refusal { TOMLSubset.Refusal(line: line, reason: reason) }

    /// Passes blanks, empty lines and comments; `false` at the end.
    mutating func skipToContent() throws(TOMLSubset.Refusal) -> Bool {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0D: position += 1
            case 0x0A:
                position += 1
                line += 1
            case UInt8(ascii: "#"): while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            default: return true
            }
        }
        return false
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(TOMLSubset.Refusal) {
        guard isAt(character) else { throw refusal("\"\(character)\" is missing") }
        position += 1
    }

    private mutating func endOfLine() throws(TOMLSubset.Refusal) {
        skipBlanks()
        if isAt("\r") { position += 1 }
        guard position == bytes.count || isAt("\n") || isAt("#") else { throw refusal("something follows the value") }
    }

    mutating func header() throws(TOMLSubset.Refusal) -> (path: [String], line: Int) {
        try expect("[")
        guard !isAt("[") else { throw refusal("arrays of tables are not read") }
        var path: [String] = []
        repeat {
            if !path.isEmpty { position += 1 }
            skipBlanks()
            path.append(try key())
            skipBlanks()
        } while isAt(".")
        try expect("]")
        try endOfLine()
        return (path, line)
    }

    mutating func entry() throws(TOMLSubset.Refusal) -> TOMLSubset.Entry {
        let start = line
        let key = try key()
        skipBlanks()
        guard !isAt(".") else { throw refusal("dotted keys are not read") }
        try expect("=")
        skipBlanks()
        let value = try value(depth: 0)
        try endOfLine()
        return TOMLSubset.Entry(key: key, value: value, line: start)
    }

    private mutating func key() throws(TOMLSubset.Refusal) -> String {
        if isAt("\"") || isAt("'") { return try string() }
        let start = position
        while position < bytes.count, Self.isBareByte(bytes[position]) { position += 1 }
        guard position > start else { throw refusal("a key is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func value(depth: Int) throws(TOMLSubset.Refusal) -> TOMLSubset.Value {
        if isAt("\"") || isAt("'") { return .text(try string()) }
        if isAt("[") { return .list(try list(depth: depth + 1)) }
        let start = position
        while position < bytes.count, Self.isBareByte(bytes[position]) { position += 1 }
        switch String(decoding: bytes[start..<position], as: UTF8.self) {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case let word:
            guard let number = Int(word) else {
                throw refusal("only strings, true, false, whole numbers and lists are read")
            }
            return .number(number)
        }
    }

    private mutating func list(depth: Int) throws(TOMLSubset.Refusal) -> [TOMLSubset.Value] {
        guard depth <= Self.maximumDepth else { throw refusal("more than \(Self.maximumDepth) lists in one another") }
        try expect("[")
        var values: [TOMLSubset.Value] = []
        while try skipToContent(), !isAt("]") {
            values.append(try value(depth: depth))
            guard try skipToContent(), !isAt("]") else { break }
            try expect(",")
        }
        try expect("]")
        return values
    }

    /// A basic string with the escapes `\"` and `\\`, or a literal one; both on one line.
    private mutating func string() throws(TOMLSubset.Refusal) -> String {
        let quote = bytes[position]
        position += 1
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] >= 0x20 {
            let byte = bytes[position]
            position += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                guard isAt("\"") || isAt("\\") else { throw refusal("only the escapes \\\" and \\\\ are read") }
                text.append(bytes[position])
                position += 1
            } else {
                text.append(byte)
            }
        }
        throw refusal("a string does not end on its line")
    }

    private static func isBareByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-".utf8.contains(byte)
        }
    }
}
