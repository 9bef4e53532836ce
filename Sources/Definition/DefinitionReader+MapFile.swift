import Format
import LibYAML
import Reporting

extension DefinitionReader {
    /// The definition's map at `key`, checked against the file that the profile makes of it.
    func mapFile(_ key: String, of map: YAMLMap, _ file: MapFile?, _ variables: [VariableRule]) throws(YAMLError)
        -> YAMLReader?
    {
        guard let reader = map.optional(key) else { return nil }
        guard let file else { throw map.refused(key, "the profile makes no file of it") }
        try MapFileChecker(file: file, variables: variables).check(reader, role: nil)
        return reader
    }

    /// `role-config:`, a map from role to what ``mapFile(_:of:_:_:)`` takes.
    func roleConfig(
        _ map: YAMLMap, _ variables: [VariableRule]
    ) throws(YAMLError) -> [(role: String, config: YAMLReader)] {
        guard let reader = map.optional("role-config") else { return [] }
        guard let file = profile.config else {
            throw map.refused("role-config", "the profile makes no file of it")
        }
        var configs: [(role: String, config: YAMLReader)] = []
        let roles = items.roles
        for entry in try reader.entries() {
            guard roles.contains(entry.key) else {
                throw .unknownKey(entry.key, entry.location, place: reader.place, known: roles)
            }
            try MapFileChecker(file: file, variables: variables).check(entry.value, role: entry.key)
            configs.append((entry.key, entry.value))
        }
        return configs
    }
}

/// Checks a map of a definition against what a profile says about its keys.
private struct MapFileChecker {
    let file: MapFile
    let variables: [VariableRule]

    func check(_ reader: YAMLReader, role: String?, below path: [String] = []) throws(YAMLError) {
        for entry in try reader.entries() {
            switch file.place(path + [entry.key]) {
            case .refused(let reason): throw refused(entry.key, entry.location, reader, reason)
            case .unknown(let known):
                throw .unknownKey(entry.key, entry.location, place: reader.place, known: known)
            case .map: try check(entry.value, role: role, below: path + [entry.key])
            case .key(let key):
                if let role, !key.roles.includes(role) || !file.roles.includes(role) {
                    let scope = file.roles.includes(role) ? key.roles : file.roles
                    let names = scope.names?.joined(separator: ", ") ?? "every role"
                    throw refused(entry.key, entry.location, reader, "it is for \(names)")
                }
                try check(entry.value, type: key.type)
                try checkInside(entry.value, key: entry.key)
            }
        }
    }

    private func refused(
        _ key: String, _ location: SourceLocation, _ reader: YAMLReader, _ reason: String
    ) -> YAMLError {
        .refused(location, place: reader.place, what: "the key \(quoted(key))", reason: reason)
    }

    private func check(_ reader: YAMLReader, type: MapFile.ValueType) throws(YAMLError) {
        if let variable = try variable(reader) {
            let fits =
                switch type {
                case .boolean: variable.type == .boolean
                case .integer: variable.type == .integer || variable.type == .port
                case .text: true
                case .list, .map: false
                }
            guard fits else { throw reader.unexpected("\(type.expectation) or a variable of that type") }
            return
        }
        switch type {
        case .boolean: _ = try reader.bool()
        case .integer: _ = try reader.integer()
        case .text: _ = try reader.lineText()
        case .list:
            for element in try reader.list() where !element.isMap && !element.isList { _ = try element.lineText() }
        case .map: _ = try reader.entries()
        }
    }

    /// Variables at any depth are known, and what must be secret comes from one.
    private func checkInside(_ reader: YAMLReader, key: String) throws(YAMLError) {
        if reader.isMap {
            for entry in try reader.entries() { try checkInside(entry.value, key: entry.key) }
        } else if reader.isList {
            for element in try reader.list() { try checkInside(element, key: key) }
        } else {
            let variable = try variable(reader)
            guard !file.secrets.contains(key) || variable?.type.isSecret == true else {
                throw reader.unexpected("${NAME} of a variable of type secret: a bundle carries no secrets")
            }
        }
    }

    /// The variable that is the whole of a text; `nil` when the text has none.
    private func variable(_ reader: YAMLReader) throws(YAMLError) -> Variable? {
        guard case .string(let text) = reader.node.value, text.contains("${") else { return nil }
        let names = variables.map(\.variable.name)
        guard let name = variableName(text) else { throw reader.unexpected("${NAME} as the whole text, or no ${") }
        guard let rule = variables.first(where: { $0.variable.name == name }) else {
            throw reader.unexpected("a variable that is declared: " + names.sorted().joined(separator: ", "))
        }
        return rule.variable
    }
}
