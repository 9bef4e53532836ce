import Format
import LibYAML
import Values

extension ItemReader {
    /// `checks:` of a map that becomes a file.
    func configRules(_ fields: YAMLMap, keys: [String]) throws(YAMLError) -> [ConfigRule] {
        try list("checks", of: fields) { (reader) throws(YAMLError) in try configRule(reader, keys: keys) }
    }

    private func configRule(_ reader: YAMLReader, keys: [String]) throws(YAMLError) -> ConfigRule {
        let every = Set(ProfileKeys.checkMembers.values.flatMap { $0 }).sorted()
        let word = try reader.map(ProfileKeys.check + every).required("check")
        let members = ProfileKeys.checkMembers[try word.word(of: ProfileKeys.checkMembers.keys.sorted())] ?? []
        let fields = try reader.map(ProfileKeys.check + members)
        var when: [(key: String, values: [YAMLValue])] = []
        for entry in try fields.optional("when")?.entries() ?? [] {
            let elements = entry.value.isList ? try entry.value.list() : [entry.value]
            try check(entry.key, entry.value, keys)
            when.append((entry.key, elements.map(\.node.value)))
        }
        let source = try fields.optional("source")?.nonEmptyString()
        return ConfigRule(
            check: try ruleCheck(try word.string(), fields, keys), keys: try paths("keys", fields, keys), when: when,
            with: fields.has("with") ? try paths("with", fields, keys) : [],
            without: fields.has("without") ? try paths("without", fields, keys) : [],
            reason: try fields.required("reason").nonEmptyString() + (source.map { " (\($0))" } ?? ""),
            roles: try scope(fields), versions: try versions(fields))
    }

    /// A table: one line for each kind of rule.
    private func ruleCheck(_ word: String, _ fields: YAMLMap, _ keys: [String]) throws(YAMLError) -> ConfigRule.Check {
        switch word {
        case "type": return .type(try fields.required("type").choice())
        case "one-of": return .oneOf(try fields.required("values").list().map(\.node.value))
        case "range":
            let minimum = try fields.optional("minimum")?.integer() ?? 0
            let maximum = try fields.optional("maximum")?.integer(in: minimum...Int.max) ?? Int.max
            return .range(minimum...maximum)
        case "even": return .even
        case "suffix": return .suffix(try fields.required("suffix").nonEmptyString())
        case "known": return .known(try fields.required("names").strings())
        case "required": return .required
        case "forbidden": return .forbidden
        case "together": return .together
        case "distinct": return .distinct
        case "same-network":
            let reader = try fields.required("prefix")
            let key = try reader.nonEmptyString()
            try check(key, reader, keys)
            return .sameNetwork(prefix: key)
        case "outside":
            var networks: [String] = []
            for network in try fields.required("networks").list() {
                networks.append(
                    try network.value(VariableType.cidr.expectation) {
                        IPNetwork($0) == nil ? nil : $0
                    })
            }
            return .outside(networks)
        case "sum": return .sum(maximum: try fields.required("maximum").integer())
        default: return .artefacts(try fields.required("names").strings())
        }
    }

    private func paths(_ key: String, _ fields: YAMLMap, _ keys: [String]) throws(YAMLError) -> [String] {
        var paths: [String] = []
        for element in try fields.required(key).list() {
            let path = try element.nonEmptyString()
            try check(path, element, keys)
            paths.append(path)
        }
        guard !paths.isEmpty else { throw try fields.required(key).unexpected("a list of at least one key") }
        return paths
    }

    /// A rule about a key that nobody can set would never be kept or broken.
    private func check(_ path: String, _ reader: YAMLReader, _ keys: [String]) throws(YAMLError) {
        let plain = path.split(separator: ".").map { $0.hasSuffix("[]") ? String($0.dropLast(2)) : String($0) }
        let outer = path.prefix { $0 != "[" }
        let isKnown = keys.contains { key in
            let parts = key.split(separator: ".").map(String.init)
            return plain.starts(with: parts) || (outer.count == path.count && parts.starts(with: plain))
        }
        guard isKnown else { throw reader.unexpected("a path that begins with one of `keys`") }
    }
}
