/// How a template's values are written (docs/format.md §9).
public enum TemplateFormat: String, CaseIterable, Hashable, Sendable { case plain, yaml, json, env }

/// A text with `${NAME}` in it, split once into lines of parts (docs/format.md §9).
public struct Template: Hashable, Sendable {
    /// The largest template, in bytes.
    public static let maximumSize = 1 << 20

    private enum Part: Hashable, Sendable {
        case text([UInt8])
        case variable(String)
    }

    private let format: TemplateFormat
    private let lines: [[Part]]

    /// Splits `text`.
    ///
    /// - Throws: ``FormatError`` for a `${` that does not close or does not hold a variable's name.
    public init(_ text: [UInt8], format: TemplateFormat) throws(FormatError) {
        self.format = format
        var lines: [[Part]] = []
        var rest = text[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            lines.append(try Self.parts(rest[..<end], line: lines.count + 1))
            rest = rest[end...]
        }
        self.lines = lines
    }

    /// The names that the text uses, sorted, each once.
    public var variables: [String] {
        var names: Set<String> = []
        for line in lines { for case .variable(let name) in line { names.insert(name) } }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The text with values in place; a line whose variable has no value is left out.
    ///
    /// - Parameter value: The type and the value of a variable, `nil` when it has none. Values must have been accepted by their type.
    public func rendered(_ value: (String) -> (type: VariableType, text: String)?) -> [UInt8] {
        var result: [UInt8] = []
        for line in lines { if let bytes = rendered(line, value) { result += bytes } }
        return result
    }

    private func rendered(_ line: [Part], _ value: (String) -> (type: VariableType, text: String)?) -> [UInt8]? {
        var result: [UInt8] = []
        for part in line {
            switch part {
            case .text(let bytes): result += bytes
            case .variable(let name):
                guard let value = value(name) else { return nil }
                result += encoded(value.text, as: value.type)
            }
        }
        return result
    }

    private func encoded(_ text: String, as type: VariableType) -> [UInt8] {
        switch format {
        case .plain: Array(text.utf8)
        case .yaml, .json: type.isBare ? Array(text.utf8) : doubleQuoted(text, escaping: "\"\\")
        case .env: doubleQuoted(text, escaping: "\"\\$`")
        }
    }

    private func doubleQuoted(_ text: String, escaping special: String) -> [UInt8] {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if special.utf8.contains(byte) { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        return result + [UInt8(ascii: "\"")]
    }

    private static func parts(_ line: ArraySlice<UInt8>, line number: Int) throws(FormatError) -> [Part] {
        let dollar = UInt8(ascii: "$")
        var parts: [Part] = []
        var text: [UInt8] = []
        var index = line.startIndex
        while index < line.endIndex {
            let next = index + 1 < line.endIndex ? line[index + 1] : 0
            if line[index] == dollar, next == dollar {
                text.append(dollar)
                index += 2
            } else if line[index] == dollar, next == UInt8(ascii: "{") {
                let name = String(decoding: line[(index + 2)...].prefix { $0 != UInt8(ascii: "}") }, as: UTF8.self)
                let end = index + 2 + name.utf8.count
                guard end < line.endIndex, Variable.isName(name) else {
                    throw .invalid(document: .template, place: "line \(number)", reason: "has a ${ that is not ${NAME}")
                }
                parts.append(.text(text))
                parts.append(.variable(name))
                text = []
                index = end + 1
            } else {
                text.append(line[index])
                index += 1
            }
        }
        return (parts + [.text(text)]).filter { $0 != .text([]) }
    }
}
