import Format
import LibYAML
import Reporting
import Values

extension ItemReader {
    /// `config:` or `registries:` of a profile.
    func mapFile(_ reader: YAMLReader) throws(YAMLError) -> MapFile {
        let fields = try reader.map(ProfileKeys.mapFile)
        var keys: [String: MapFile.Key] = [:]
        for group in try fields.required("keys").list() { try add(group, to: &keys) }
        if let (outer, inner) = Self.nested(keys.keys) {
            throw try fields.required("keys").unexpected(
                "no key \(quoted(inner)) beside \(quoted(outer)), which holds it")
        }
        var refused: [String: String] = [:]
        for entry in try fields.optional("refused")?.entries() ?? [] {
            refused[entry.key] = try entry.value.nonEmptyString()
        }
        let format: TemplateFormat = try fields.optional("format")?.choice() ?? .yaml
        guard format == .yaml || format == .json else { throw fields.refused("format", "it is yaml or json") }
        return MapFile(
            destination: try fields.required("path").destination(), permissions: try permissions(fields, mode: .secret),
            roles: try scope(fields), format: format, keys: keys,
            appends: try fields.optional("appends")?.bool() ?? false, refused: refused,
            secrets: try fields.optional("secrets")?.strings() ?? [],
            presets: try list("presets", of: fields) { (reader) throws(YAMLError) in
                try preset(reader, keys: Array(keys.keys) + refused.keys)
            }, rules: try rules(fields, keys: keys),
            checks: try configRules(fields, keys: Array(keys.keys)))
    }

    /// Two keys of which one is the beginning of the other's path.
    private static func nested(_ keys: some Collection<String>) -> (outer: String, inner: String)? {
        for outer in keys.sorted() {
            if let inner = keys.sorted().first(where: { $0.hasPrefix(outer + ".") }) { return (outer, inner) }
        }
        return nil
    }

    /// One group of keys: `{roles, boolean, integer, text, list, map}`, each a list of keys.
    private func add(_ reader: YAMLReader, to keys: inout [String: MapFile.Key]) throws(YAMLError) {
        let fields = try reader.map(ProfileKeys.keyGroup)
        let roles = try scope(fields)
        for type in MapFile.ValueType.allCases {
            for name in try fields.optional(type.rawValue)?.list() ?? [] {
                let key = MapFile.Key(type: type, roles: roles)
                let path: String = try name.value("a key, or keys joined by dots") { isPath($0) ? $0 : nil }
                guard keys.updateValue(key, forKey: path) == nil else {
                    throw name.unexpected("a key that does not stand in a group above")
                }
            }
        }
    }

    private func preset(_ reader: YAMLReader, keys: [String]) throws(YAMLError) -> MapFile.Preset {
        let fields = try reader.map(ProfileKeys.preset)
        let key = try fields.required("key").word(of: keys.sorted())
        return MapFile.Preset(
            key: key, value: try fields.required("value").node.value, roles: try scope(fields),
            versions: try versions(fields))
    }
}

/// Whether `text` is a path of keys: none of them empty.
private func isPath(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
}
