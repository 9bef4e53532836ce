import Format
import LibYAML
import Reporting
import Values

extension MapFile {
    /// Checks the settings of one role's file against the profile's rules.
    ///
    /// - Parameters:
    ///   - maps: The definition's maps, later ones going before earlier ones.
    ///   - definition: Knows variables, artefacts, and where the platform was asked for.
    /// - Throws: ``DefinitionError/configRule(_:)``, the first rule that is broken.
    func checkRules(
        for role: String, at version: Version, _ maps: [YAMLReader], of definition: Definition
    ) throws(DefinitionError) {
        guard !checks.isEmpty, roles.includes(role) else { return }
        let config = ConfigValue(root: value(for: role, at: version, maps), places: places(of: maps, for: role))
        let fallback = maps.last?.location ?? definition.platform.versionLocation
        var types: [String: VariableType] = [:]
        for rule in definition.variables { types[rule.variable.name] = rule.variable.type }
        for rule in checks where rule.roles.includes(role) && rule.versions.contains(version) {
            let given = Set(definition.artefacts.keys)
            guard let breach = rule.breach(in: config, variables: types, artefacts: given) else { continue }
            throw .configRule(
                ConfigRuleBreach(
                    location: config.location(of: breach.path) ?? fallback, path: breach.path, role: role,
                    found: breach.found, expected: breach.expected, reason: rule.reason))
        }
        try checkVariables(in: config, role, definition, fallback)
    }

    /// A line of a template whose variable has no value is left out, which would leave JSON with a comma too many.
    private func checkVariables(
        in config: ConfigValue, _ role: String, _ definition: Definition, _ fallback: SourceLocation
    ) throws(DefinitionError) {
        guard format == .json else { return }
        for name in config.root.variables {
            let variables = definition.variables.filter { $0.variable.name == name }.flatMap {
                $0.variables(for: [role])
            }
            if variables.contains(where: { $0.required || $0.defaultValue != nil }) { continue }
            let path = config.root.path(to: .string("${\(name)}")) ?? name
            throw .configRule(
                ConfigRuleBreach(
                    location: config.location(of: path) ?? fallback, path: path, role: role,
                    found: "the variable \(name), which may be left without a value",
                    expected: "a variable that is required of \(role), or one with a default",
                    reason: "JSON has no place for a value that is not there"))
        }
    }

    /// Where the definition's values stand, by their paths.
    private func places(of maps: [YAMLReader], for role: String) -> [String: SourceLocation] {
        var places: [String: SourceLocation] = [:]
        for map in maps { add(map, below: [], to: &places, role) }
        return places
    }

    private func add(
        _ reader: YAMLReader, below path: [String], to places: inout [String: SourceLocation], _ role: String
    ) {
        guard let entries = try? reader.entries() else { return }
        for entry in entries {
            let path = path + [entry.key]
            let name = path.joined(separator: ".")
            switch place(path) {
            case .key(let key):
                guard key.roles.includes(role) else { continue }
                for old in places.keys where old.hasPrefix(name + ".") || old.hasPrefix(name + "[") {
                    places[old] = nil
                }
                places.merge(entry.value.places(below: name)) { $1 }
            case .map:
                places[name] = entry.location
                add(entry.value, below: path, to: &places, role)
            case .refused, .unknown: break
            }
        }
    }
}
