import Format
import LibYAML

extension ItemReader {
    /// `variables:`, a map from name to `type`, `ask`, `default`, `required`, `roles`.
    ///
    /// - Parameter known: Variables that a profile has already: here they may be narrowed and given a default.
    func variables(_ map: YAMLMap, changing known: [VariableRule] = []) throws(YAMLError) -> [VariableRule] {
        guard let reader = map.optional("variables") else { return known }
        var rules = known
        for entry in try reader.entries() {
            guard Variable.isName(entry.key) else {
                throw .unexpected(
                    entry.location, place: "variables", found: "the name \"\(entry.key)\"",
                    expected: "a name of A-Z, 0-9 and _ that begins with a letter")
            }
            let index = rules.firstIndex { $0.variable.name == entry.key }
            let rule = try variable(entry.key, entry.value, base: index.map { rules[$0] })
            if let index { rules[index] = rule } else { rules.append(rule) }
        }
        return rules
    }

    private func variable(_ name: String, _ reader: YAMLReader, base: VariableRule?) throws(YAMLError) -> VariableRule {
        let fields = try reader.map(ProfileKeys.variable)
        let type = try type(fields, base: base?.variable.type)
        let ask = try fields.optional("ask")?.nonEmptyString() ?? base?.variable.ask
        guard let ask else { throw .missingKey("ask", reader.location, place: reader.place) }
        let text = try defaultValue(fields, type: type) ?? base?.variable.defaultValue
        let required = try required(fields, hasDefault: text != nil, base: base?.required)
        let roles = fields.has("roles") ? try scope(fields) : base?.variable.roles ?? .all
        let variable = Variable(
            name: name, type: type, ask: ask, required: required == .always, defaultValue: text, roles: roles)
        return VariableRule(variable: variable, required: required)
    }

    /// The type; of a variable that a profile has already, the same or a narrower one.
    private func type(_ fields: YAMLMap, base: VariableType?) throws(YAMLError) -> VariableType {
        guard let base else { return try fields.required("type").choice() }
        guard let reader = fields.optional("type") else { return base }
        let type: VariableType = try reader.choice()
        let narrower: [VariableType: [VariableType]] = [
            .ip: [.ipv4, .ipv6], .string: VariableType.allCases.filter { !$0.isSecret },
        ]
        guard type == base || narrower[base]?.contains(type) == true else {
            throw reader.unexpected("\(base.rawValue), as the profile has it")
        }
        return type
    }

    private func defaultValue(_ fields: YAMLMap, type: VariableType) throws(YAMLError) -> String? {
        guard let reader = fields.optional("default") else { return nil }
        guard !type.isSecret else { throw reader.refused("a secret has no default, it is given on the site") }
        let text = try reader.scalarText()
        guard type.accepts(text) else { throw reader.unexpected(type.expectation) }
        return text
    }

    private func required(
        _ fields: YAMLMap, hasDefault: Bool, base: VariableRule.Required?
    ) throws(YAMLError) -> VariableRule.Required {
        guard let reader = fields.optional("required") else { return hasDefault ? .never : base ?? .always }
        guard reader.isList else { return try reader.bool() ? .always : .never }
        var names: [String] = []
        for name in try reader.list() { names.append(try name.word(of: roles)) }
        return names.isEmpty ? .never : .roles(names)
    }
}
