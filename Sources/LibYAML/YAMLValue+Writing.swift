extension YAMLValue {
    /// The value as YAML text in block style, two spaces a level, members in the order given, one spelling for each value; ends
    /// with one line feed.
    ///
    /// A text stands without quotes only where readers of YAML 1.1 and 1.2 alike take it for text; else in double quotes
    /// with JSON's escapes, so that no value can become another type or another line.
    public var text: String {
        switch self {
        case .map(let members) where !members.isEmpty:
            return Self.lines(members, indent: 0).joined(separator: "\n") + "\n"
        case .list(let elements) where !elements.isEmpty:
            return Self.lines(elements, indent: 0).joined(separator: "\n") + "\n"
        default: return inline + "\n"
        }
    }

    /// A scalar or an empty collection on its line.
    var inline: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .bare(let text): text
        case .string(let text): Self.scalar(text)
        case .list: "[]"
        case .map: "{}"
        }
    }

    private static func lines(_ members: [YAMLMember], indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return members.flatMap { member -> [String] in
            let key = margin + scalar(member.key) + ":"
            switch member.value {
            case .map(let inner) where !inner.isEmpty: return [key] + lines(inner, indent: indent + 2)
            case .list(let inner) where !inner.isEmpty: return [key] + lines(inner, indent: indent + 2)
            default: return [key + " " + member.value.inline]
            }
        }
    }

    /// `- ` takes the place of the first element line's last two spaces.
    private static func lines(_ elements: [YAMLValue], indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return elements.flatMap { element -> [String] in
            var inner: [String]
            switch element {
            case .map(let members) where !members.isEmpty: inner = lines(members, indent: indent + 2)
            case .list(let elements) where !elements.isEmpty: inner = lines(elements, indent: indent + 2)
            default: return [margin + "- " + element.inline]
            }
            inner[0] = margin + "- " + inner[0].dropFirst(indent + 2)
            return inner
        }
    }

    static func scalar(_ text: String) -> String { isPlain(text) ? text : doubleQuoted(text) }

    /// Begins with an ASCII letter or a slash, holds nothing that YAML reads as structure, and is no word of YAML 1.1.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, isLetter(first) || first == UInt8(ascii: "/") else {
            return false
        }
        guard last != UInt8(ascii: ":"), last != UInt8(ascii: " "), !words.contains(text.lowercased()) else {
            return false
        }
        return bytes.indices.allSatisfy { index in
            let byte = bytes[index]
            let follower = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == UInt8(ascii: ":") || byte == UInt8(ascii: " ") { return follower != UInt8(ascii: " ") }
            return isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || marks.contains(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static let marks = Set("_-./@+%=,()".utf8)
    /// What YAML 1.1 reads as truth values or nothing (yaml.org/type/bool, null).
    private static let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

    private static func doubleQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case " "..."~", "\u{A0}"..."\u{2027}", "\u{2030}"..."\u{D7FF}", "\u{E000}"..."\u{FEFE}", "\u{10000}"...:
                result.unicodeScalars.append(scalar)
            default: result += "\\u" + padded(String(scalar.value, radix: 16))
            }
        }
        return result + "\""
    }

    private static func padded(_ digits: String) -> String { String(repeating: "0", count: 4 - digits.count) + digits }
}
