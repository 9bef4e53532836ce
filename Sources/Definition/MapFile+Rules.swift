import LibYAML
import Reporting

/// What a key of a configuration file asks of others.
public struct MapFileRule: Hashable, Sendable {
    /// The key that asks.
    let key: String
    /// What must hold when it is set.
    let condition: Condition
    /// Why, as it goes behind a colon.
    let reason: String
}

extension ItemReader {
    /// `rules:` of a profile's `config` or `registries`.
    func rules(_ fields: YAMLMap, keys: [String: MapFile.Key]) throws(YAMLError) -> [MapFileRule] {
        try list("rules", of: fields) { (reader) throws(YAMLError) in
            let fields = try reader.map(ProfileKeys.rule)
            return MapFileRule(
                key: try fields.required("key").word(of: keys.keys.sorted()),
                condition: try self.condition(fields), reason: try fields.required("reason").nonEmptyString())
        }
    }
}

extension DefinitionReader {
    /// What the definition says, for the conditions of its profile.
    func said(
        _ map: YAMLMap, _ artefacts: [String: ArtefactOverride]
    ) throws(YAMLError) -> Condition.Said {
        var said = Condition.Said(artefacts: Set(artefacts.keys))
        said.registries = try Self.keys(map.optional("registries"))
        said.config = try Self.keys(map.optional("config"))
        for entry in try map.optional("role-config")?.entries() ?? [] {
            said.config.formUnion(try Self.keys(entry.value))
        }
        return said
    }

    /// The keys that a map sets to something, those below others by their paths: `false` sets nothing.
    static func keys(_ reader: YAMLReader?) throws(YAMLError) -> Set<String> {
        var keys: Set<String> = []
        for entry in try reader?.entries() ?? [] where entry.value.node.value != .bool(false) {
            let key = entry.key.hasSuffix("+") ? String(entry.key.dropLast()) : entry.key
            keys.insert(key)
            guard entry.value.isMap else { continue }
            for inner in try Self.keys(entry.value) { keys.insert(key + "." + inner) }
        }
        return keys
    }

    /// Checks the rules of the profile's configuration files.
    func checkRules(_ map: YAMLMap, _ said: Condition.Said) throws(YAMLError) {
        let maps = [map.optional("config")] + (try map.optional("role-config")?.entries().map { $0.value } ?? [])
        for case let reader? in maps { try check(reader, profile.config?.rules ?? [], said) }
        if let reader = map.optional("registries") { try check(reader, profile.registries?.rules ?? [], said) }
    }

    private func check(_ reader: YAMLReader, _ rules: [MapFileRule], _ said: Condition.Said) throws(YAMLError) {
        let keys = try Self.keys(reader)
        for rule in rules where keys.contains(rule.key) && !rule.condition.holds(for: said) {
            let location = try reader.entries().first { $0.key == rule.key }?.location ?? reader.location
            throw .refused(
                location, place: reader.place, what: "the key \(quoted(rule.key))", reason: rule.reason)
        }
    }
}
