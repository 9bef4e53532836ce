import Format
import LibYAML

extension Profile {
    /// Every `${NAME}` of templates and presets is a variable of the profile.
    func checkVariables(in reader: YAMLReader) throws(YAMLError) {
        let known = variables.map(\.variable.name)
        for item in items {
            guard case .file(_, let content, let format?) = item.item.kind,
                let template = try? Template(content, format: format)
            else { continue }
            try check(template.variables, known, "/\(item.item.destination)", reader)
        }
        for file in [config, registries].compactMap({ $0 }) {
            for preset in file.presets { try check(preset.value.variables, known, "/\(file.destination)", reader) }
        }
    }

    private func check(_ used: [String], _ known: [String], _ place: String, _ reader: YAMLReader) throws(YAMLError) {
        guard let unknown = used.first(where: { !known.contains($0) }) else { return }
        throw .unexpected(
            reader.location, place: place, found: "${\(unknown)}",
            expected: known.isEmpty
                ? "no variables, for none is declared" : "one of " + known.sorted().joined(separator: ", "))
    }
}

extension YAMLValue {
    /// The names of the variables in its texts.
    var variables: [String] {
        switch self {
        case .string(let text): variableName(text).map { [$0] } ?? []
        case .list(let elements): elements.flatMap(\.variables)
        case .map(let members): members.flatMap(\.value.variables)
        case .null, .bool, .integer, .bare: []
        }
    }
}

/// `NAME` when the whole text is `${NAME}`.
func variableName(_ text: String) -> String? {
    guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
    let name = String(text.dropFirst(2).dropLast())
    return Variable.isName(name) ? name : nil
}
