import Format
import LibYAML

/// When a variable need not be given after all, because a key of the configuration says the same in another way.
public struct Waiver: Hashable, Sendable {
    /// The keys of `config` or `role-config`, any of which will do.
    let keys: [String]
    /// The roles of which the variable is then not required.
    let roles: RoleScope
}

extension ItemReader {
    /// `waived:` of a profile's variable.
    func waiver(_ fields: YAMLMap) throws(YAMLError) -> Waiver? {
        guard fields.has("waived") else { return nil }
        let inner = try fields.required("waived").map(ProfileKeys.waiver)
        return Waiver(keys: try inner.required("config").names(), roles: try scope(inner))
    }
}

extension DefinitionReader {
    /// The variables with what the configuration waives no longer required.
    ///
    /// What takes a variable's place must be required where it did: a machine that gets neither would be something else.
    func waiving(_ rules: [VariableRule], _ map: YAMLMap) throws(YAMLError) -> [VariableRule] {
        var result = rules
        for index in result.indices {
            guard let waiver = result[index].waiver else { continue }
            let required = result[index].requiring(items.roles)
            var rest = required
            for role in required where waiver.roles.includes(role) {
                guard let value = try setting(of: role, waiver.keys, map) else { continue }
                try check(value, isRequiredOf: role, inPlaceOf: result[index], rules)
                rest.removeAll { $0 == role }
            }
            guard rest != required else { continue }
            result[index].required = rest.isEmpty ? .never : .roles(rest)
            result[index].variable.required = false
        }
        return result
    }

    /// What `role-config` or `config` sets one of `keys` to for `role`.
    private func setting(of role: String, _ keys: [String], _ map: YAMLMap) throws(YAMLError) -> YAMLReader? {
        let own = try map.optional("role-config")?.entries().first { $0.key == role }?.value
        for case let reader? in [own, map.optional("config")] {
            if let entry = try reader.entries().first(where: { keys.contains($0.key) }) { return entry.value }
        }
        return nil
    }

    private func check(
        _ value: YAMLReader, isRequiredOf role: String, inPlaceOf rule: VariableRule, _ rules: [VariableRule]
    ) throws(YAMLError) {
        guard case .string(let text) = value.node.value, let name = variableName(text),
            let given = rules.first(where: { $0.variable.name == name })
        else { return }
        guard given.requiring([role]).isEmpty else { return }
        throw value.refused("\(role) must give \(name), for it takes the place of \(rule.variable.name)")
    }
}
