import Format
import LibYAML

extension ItemReader {
    /// `variables:`, a map from name to `type`, `ask`, `default`, `required`, `roles`.
    ///
    /// - Parameter known: Variables that a profile has already: here they may be narrowed and given a default.
    ///   `nil` where the profile itself is read.
    func variables(_ map: YAMLMap, changing base: [VariableRule]? = nil) throws(YAMLError) -> [VariableRule] {
        let known = base ?? []
        guard let reader = map.optional("variables") else { return known }
        var rules = known
        for entry in try reader.entries() {
            guard Variable.isName(entry.key) else {
                throw .unexpected(
                    entry.location, place: "variables", found: "the name \"\(entry.key)\"",
                    expected: "a name of A-Z, 0-9 and _ that begins with a letter")
            }
            let index = rules.firstIndex { $0.variable.name == entry.key }
            let rule = try variable(
                entry.key, entry.value, base: index.map { rules[$0] }, isProfile: base == nil)
            if let index { rules[index] = rule } else { rules.append(rule) }
        }
        return rules
    }

    private func variable(
        _ name: String, _ reader: YAMLReader, base: VariableRule?, isProfile: Bool
    ) throws(YAMLError) -> VariableRule {
        let fields = try reader.map(isProfile ? ProfileKeys.variable : DefinitionKeys.variable)
        let type = try type(fields, base: base?.variable.type)
        let ask = try fields.optional("ask")?.question() ?? base?.variable.ask
        guard let ask else { throw .missingKey("ask", reader.location, place: reader.place) }
        let values = try values(fields, type: type, base: base?.variable.values ?? [])
        let text = try defaultValue(fields, type, values) ?? base?.variable.defaultValue
        let required = try required(fields, hasDefault: text != nil, base: base)
        let roles = try scope(fields, keeping: base)
        let variable = Variable(
            name: name, type: type, ask: ask, required: required == .always, defaultValue: text, roles: roles,
            values: values)
        let waiver = isProfile ? try waiver(fields) : base?.waiver
        return VariableRule(variable: variable, required: required, waiver: waiver)
    }

    /// The type; of a variable that a profile has already, the same or a narrower one.
    private func type(_ fields: YAMLMap, base: VariableType?) throws(YAMLError) -> VariableType {
        guard let base else { return try fields.required("type").choice() }
        guard let reader = fields.optional("type") else { return base }
        let type: VariableType = try reader.choice()
        let narrower: [VariableType: [VariableType]] = [
            .ip: [.ipv4, .ipv6], .url: [.httpsURL], .secret: [.token],
            .string: VariableType.allCases.filter { !$0.isSecret },
        ]
        guard type == base || narrower[base]?.contains(type) == true else {
            throw reader.unexpected("\(base.rawValue), as the profile has it")
        }
        return type
    }

    /// `values:` of an enumeration; of one that a profile has already, some of its words.
    private func values(_ fields: YAMLMap, type: VariableType, base: [String]) throws(YAMLError) -> [String] {
        guard type == .enumeration || fields.has("values") else { return [] }
        guard base.isEmpty || fields.has("values") else { return base }
        let reader = try fields.required("values")
        guard type == .enumeration else { throw reader.refused("only a variable of type enum has values") }
        var values: [String] = []
        for element in try reader.list() {
            let text = try base.isEmpty ? element.scalarText() : element.word(of: base)
            guard type.accepts(text), !values.contains(text) else {
                throw element.unexpected("a word of A-Z, a-z, 0-9 and ._:/@+- that does not stand above")
            }
            values.append(text)
        }
        guard !values.isEmpty else { throw reader.unexpected("a list of at least one word") }
        return values
    }

    private func defaultValue(
        _ fields: YAMLMap, _ type: VariableType, _ values: [String]
    ) throws(YAMLError) -> String? {
        guard let reader = fields.optional("default") else { return nil }
        guard !type.isSecret else { throw reader.refused("a secret has no default, it is given on the site") }
        let text = try reader.scalarText()
        let variable = Variable(name: "", type: type, ask: "", values: values)
        guard variable.accepts(text) else { throw reader.unexpected(variable.expectation) }
        return text
    }

    /// Who must give a value. What a profile requires stays required: without it a platform would come up, and be something else.
    private func required(
        _ fields: YAMLMap, hasDefault: Bool, base: VariableRule?
    ) throws(YAMLError) -> VariableRule.Required {
        guard let reader = fields.optional("required") else {
            return base?.required ?? (hasDefault ? .never : .always)
        }
        let required = try required(reader)
        if let base { try check(required, keeps: base, reader) }
        return required
    }

    private func required(_ reader: YAMLReader) throws(YAMLError) -> VariableRule.Required {
        guard reader.isList else { return try reader.bool() ? .always : .never }
        var names: [String] = []
        for name in try reader.list() { names.append(try name.word(of: roles)) }
        return names.isEmpty ? .never : .roles(names)
    }

    private func check(
        _ required: VariableRule.Required, keeps base: VariableRule, _ reader: YAMLReader
    ) throws(YAMLError) {
        let lost = base.requiring(roles).filter { role in
            switch required {
            case .always: false
            case .never: true
            case .roles(let names): !names.contains(role)
            }
        }
        guard lost.isEmpty else { throw reader.refused("the profile requires it of \(lost.joined(separator: ", "))") }
    }

    /// The roles for which a variable is; those that a profile requires it of stay among them.
    private func scope(_ fields: YAMLMap, keeping base: VariableRule?) throws(YAMLError) -> RoleScope {
        guard let reader = fields.optional("roles") else { return base?.variable.roles ?? .all }
        let scope = try scope(fields)
        let lost = base?.requiring(roles).filter { !scope.includes($0) } ?? []
        guard lost.isEmpty else { throw reader.refused("the profile requires it of \(lost.joined(separator: ", "))") }
        return scope
    }
}

extension VariableRule {
    /// Those of `roles` whose machines must give a value.
    func requiring(_ roles: [String]) -> [String] {
        roles.filter { role in
            guard variable.roles.includes(role) else { return false }
            switch required {
            case .always: return true
            case .never: return false
            case .roles(let names): return names.contains(role)
            }
        }
    }
}

extension YAMLReader {
    /// What a person is asked, on one line.
    fileprivate func question() throws(YAMLError) -> String {
        _ = try lineText()
        return try nonEmptyString()
    }
}
