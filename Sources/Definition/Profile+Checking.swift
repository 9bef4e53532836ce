import Format
import LibYAML

extension Profile {
    /// What the snaps of a profile rest on is there: channels of a snap store are those of one snap.
    func checkSnaps(in reader: YAMLReader) throws(YAMLError) {
        let items = snaps?.items.map(\.item) ?? []
        let own = Set(items.filter { $0.channel == nil }.map(\.name))
        let needsOne = channels.contains { $0.kind == .snap } || !items.isEmpty
        guard !needsOne || own.count == 1 else {
            throw .unexpected(
                reader.location, place: "snaps", found: own.isEmpty ? "none" : own.sorted().joined(separator: ", "),
                expected: "one snap without `channel`, whose versions are the platform's")
        }
        for member in images.members where !items.contains(where: { $0.name == member.snap }) {
            throw .unexpected(
                reader.location, place: "images.members", found: member.snap,
                expected: "one of " + items.map(\.name).joined(separator: ", "))
        }
    }

    /// Every `${NAME}` of templates and presets is a variable of the profile.
    func checkVariables(in reader: YAMLReader) throws(YAMLError) {
        let known = variables.map(\.variable.name)
        for item in items {
            guard case .file(_, let content, let format?) = item.item.kind,
                let template = try? Template(content, format: format)
            else { continue }
            try check(template.variables, known, "/\(item.item.destination)", reader)
            guard let fault = TemplateFault(in: content, format, variables) else { continue }
            throw .unexpected(
                reader.location, place: "/\(item.item.destination)", found: fault.found, expected: fault.expected)
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
