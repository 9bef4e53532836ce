import Format
import LibYAML
import Values

extension MapFile {
    /// The file's content for one role; `nil` when nothing is set for it.
    ///
    /// - Parameter maps: The definition's maps, later ones going before earlier ones.
    func content(for role: String, at version: Version, _ maps: [YAMLReader]) -> (bytes: [UInt8], isTemplate: Bool)? {
        let value = value(for: role, at: version, maps)
        guard value != .map([]) else { return nil }
        let isTemplate = !value.variables.isEmpty
        let filled = isTemplate ? value.forTemplate : value
        let text = format == .json ? filled.jsonText : Self.heading + filled.text
        return (Array(text.utf8), isTemplate)
    }

    /// All settings for one role: the profile's, and those of the definition that go before them.
    func value(for role: String, at version: Version, _ maps: [YAMLReader]) -> YAMLValue {
        var members: [YAMLMember] = []
        for preset in presets where preset.roles.includes(role) && preset.versions.contains(version) {
            Self.set(preset.value, at: preset.key.split(separator: ".").map(String.init)[...], in: &members)
        }
        for map in maps {
            for leaf in leaves(of: map.node.value, below: []) where leaf.key.roles.includes(role) {
                Self.set(leaf.value, at: leaf.path[...], in: &members)
            }
        }
        return .map(members)
    }

    /// Without `$`, which templates would read.
    private static let heading = """
        # Laid by sealift. The next bundle replaces this file; put settings of this site elsewhere.

        """

    /// The values of a definition's map that stand where the platform has keys, in the order in which they are written.
    private func leaves(of value: YAMLValue, below path: [String]) -> [(path: [String], key: Key, value: YAMLValue)] {
        guard case .map(let members) = value else { return [] }
        return members.flatMap { member -> [(path: [String], key: Key, value: YAMLValue)] in
            let path = path + [member.key]
            switch place(path) {
            case .key(let key): return [(path, key, member.value)]
            case .map: return leaves(of: member.value, below: path)
            case .refused, .unknown: return []
            }
        }
    }

    /// Gives the key at `path` this value; the maps on the way are made where they are missing.
    private static func set(_ value: YAMLValue, at path: ArraySlice<String>, in members: inout [YAMLMember]) {
        guard let key = path.first else { return }
        let index = members.firstIndex { $0.key == key }
        var value = value
        if path.count > 1 {
            var inner: [YAMLMember] = []
            if let index, case .map(let present) = members[index].value { inner = present }
            set(value, at: path.dropFirst(), in: &inner)
            value = .map(inner)
        }
        let member = YAMLMember(key, value)
        if let index { members[index] = member } else { members.append(member) }
    }
}

extension YAMLValue {
    /// The value as a template's text writes it: `${NAME}` without quotes, for the template adds them; every other `$` doubled.
    fileprivate var forTemplate: YAMLValue {
        switch self {
        case .string(let text): variableName(text) == nil ? .string(text.doublingDollars) : .bare(text)
        case .list(let elements): .list(elements.map(\.forTemplate))
        case .map(let members): .map(members.map { YAMLMember($0.key.doublingDollars, $0.value.forTemplate) })
        case .null, .bool, .integer, .bare: self
        }
    }

    /// The value as JSON, two spaces a level.
    fileprivate var jsonText: String { json(indent: 0) + "\n" }

    private func json(indent: Int) -> String {
        let margin = String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return "\(value)"
        case .bare(let text): return text
        case .string(let text): return jsonString(text)
        case .list(let elements):
            guard !elements.isEmpty else { return "[]" }
            return "[\n" + elements.map { margin + $0.json(indent: indent + 2) }.joined(separator: ",\n") + end + "]"
        case .map(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map { margin + jsonString($0.key) + ": " + $0.value.json(indent: indent + 2) }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        }
    }
}

/// RFC 8259 §7 with the escapes of docs/format.md §3.
private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\0"..."\u{1F}": result += "\\u00" + Hex.encode([UInt8(scalar.value)])
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

extension String {
    fileprivate var doublingDollars: String {
        split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }
}
