public import JSON
import LibYAML
import Reporting
import Values

extension Definition {
    /// The definition as it counts, each line with the place that it comes from behind `#`.
    public var annotatedText: String {
        let lines = text.lines
        let width = min(lines.map { $0.location == nil ? 0 : $0.text.count }.max() ?? 0, Self.annotationColumn)
        return lines.map { line in
            guard let location = line.location else { return line.text + "\n" }
            let room = String(repeating: " ", count: max(0, width - line.text.count))
            return "\(line.text)\(room)  # \(location.file):\(location.line)\n"
        }.joined()
    }

    /// Longer lines do not push the places of all others to the right.
    private static let annotationColumn = 72

    /// Every value of the definition as it counts: `place`, `value`, `file`, `line`, `column`.
    public var origins: JSONValue {
        .array(
            text.leaves.map { leaf in
                [
                    "place": .string(leaf.place), "value": leaf.value.json, "file": .string(leaf.location.file),
                    "line": .integer(leaf.location.line), "column": .integer(leaf.location.column),
                ]
            })
    }
}

extension Lock {
    /// The lock for a program, with the keys of its text.
    public var json: JSONValue { yaml.json }
}

extension YAMLValue {
    /// The same in JSON; numbers with a fraction are texts.
    var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .bare(let text), .string(let text): .string(text)
        case .list(let elements): .array(elements.map(\.json))
        case .map(let members):
            .object(members.reduce(into: JSONObject()) { $0.append($1.key, $1.value.json) })
        }
    }
}
