extension JSONValue {
    /// The one canonical spelling of this value (docs/format.md §3).
    ///
    /// Keys sorted by bytes; whole numbers in plain decimal; only `"`, `\` and bytes below 0x20 escaped (`\"`, `\\`,
    /// `\u00xx`). Each member of the top object, and each element or member of a non-empty array or object right below
    /// it, stands on a line of its own with two spaces of indent a level; what is deeper has no spaces. Ends with one
    /// line feed. Line-based tools can so list and compare a manifest.
    public func canonical() -> [UInt8] {
        var writer = JSONWriter()
        switch self {
        case .object(let object): writer.brokenObject(object, level: 1)
        case .null, .bool, .integer, .number, .string, .array: writer.compact(self, sorted: true)
        }
        writer.output.append(UInt8(ascii: "\n"))
        return writer.output
    }

    /// All on one line, no spaces, members in their order, no line feed at the end.
    public func compact() -> [UInt8] {
        var writer = JSONWriter()
        writer.compact(self, sorted: false)
        return writer.output
    }
}

/// Appends spelled values to one array of bytes.
struct JSONWriter {
    var output: [UInt8] = []

    /// The last level of the top object's content that is broken into lines.
    private static let lastBrokenLevel = 2

    mutating func brokenObject(_ object: JSONObject, level: Int) {
        guard !object.isEmpty else { return write("{}") }
        write("{\n")
        let last = object.count - 1
        for (number, member) in object.sortedByKey.enumerated() {
            indent(level)
            string(member.key)
            write(": ")
            broken(member.value, level: level + 1)
            write(number == last ? "\n" : ",\n")
        }
        indent(level - 1)
        write("}")
    }

    private mutating func broken(_ value: JSONValue, level: Int) {
        switch value {
        case .object(let object) where level <= Self.lastBrokenLevel: brokenObject(object, level: level)
        case .array(let elements) where level <= Self.lastBrokenLevel: brokenArray(elements, level: level)
        case .null, .bool, .integer, .number, .string, .array, .object: compact(value, sorted: true)
        }
    }

    private mutating func brokenArray(_ elements: [JSONValue], level: Int) {
        guard !elements.isEmpty else { return write("[]") }
        write("[\n")
        for (number, element) in elements.enumerated() {
            indent(level)
            compact(element, sorted: true)
            write(number == elements.count - 1 ? "\n" : ",\n")
        }
        indent(level - 1)
        write("]")
    }

    mutating func compact(_ value: JSONValue, sorted: Bool) {
        switch value {
        case .null: write("null")
        case .bool(let flag): write(flag ? "true" : "false")
        case .integer(let number): output.append(contentsOf: String(number).utf8)
        case .number(let text): output.append(contentsOf: text.utf8)
        case .string(let text): string(text)
        case .array(let elements):
            write("[")
            for (number, element) in elements.enumerated() {
                if number > 0 { write(",") }
                compact(element, sorted: sorted)
            }
            write("]")
        case .object(let object):
            write("{")
            for (number, member) in (sorted ? object.sortedByKey : object.members).enumerated() {
                if number > 0 { write(",") }
                string(member.key)
                write(":")
                compact(member.value, sorted: sorted)
            }
            write("}")
        }
    }

    private mutating func string(_ text: String) {
        write("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): write("\\\"")
            case UInt8(ascii: "\\"): write("\\\\")
            case 0..<0x20:
                write("\\u00")
                write(byte < 16 ? "0" : "1")
                output.append(Self.hexDigits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        write("\"")
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private mutating func indent(_ level: Int) {
        for _ in 0..<level { write("  ") }
    }

    private mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }
}

extension JSONObject {
    /// The members in byte order of their keys.
    var sortedByKey: [Member] {
        let isSorted = zip(members, members.dropFirst()).allSatisfy { bytesPrecede($0.key, $1.key) }
        return isSorted ? members : members.sorted { bytesPrecede($0.key, $1.key) }
    }
}
