import Format
import LibYAML
import Values

extension ItemReader {
    /// `config:` or `registries:` of a profile.
    func mapFile(_ reader: YAMLReader) throws(YAMLError) -> MapFile {
        let fields = try reader.map(ProfileKeys.mapFile)
        var keys: [String: MapFile.Key] = [:]
        for group in try fields.required("keys").list() { try add(group, to: &keys) }
        var refused: [String: String] = [:]
        for entry in try fields.optional("refused")?.entries() ?? [] {
            refused[entry.key] = try entry.value.nonEmptyString()
        }
        let format: TemplateFormat = try fields.optional("format")?.choice() ?? .yaml
        guard format == .yaml || format == .json else { throw fields.refused("format", "it is yaml or json") }
        return MapFile(
            destination: try fields.required("path").destination(), permissions: try permissions(fields, mode: .secret),
            roles: try scope(fields), format: format, keys: keys, refused: refused,
            secrets: try fields.optional("secrets")?.strings() ?? [],
            presets: try list("presets", of: fields) { (reader) throws(YAMLError) in try preset(reader, keys: keys) })
    }

    /// One group of keys: `{roles, boolean, integer, text, list, map}`, each a list of keys.
    private func add(_ reader: YAMLReader, to keys: inout [String: MapFile.Key]) throws(YAMLError) {
        let fields = try reader.map(ProfileKeys.keyGroup)
        let roles = try scope(fields)
        for type in MapFile.ValueType.allCases {
            for name in try fields.optional(type.rawValue)?.list() ?? [] {
                let key = MapFile.Key(type: type, roles: roles)
                guard keys.updateValue(key, forKey: try name.nonEmptyString()) == nil else {
                    throw name.unexpected("a key that does not stand in a group above")
                }
            }
        }
    }

    private func preset(_ reader: YAMLReader, keys: [String: MapFile.Key]) throws(YAMLError) -> MapFile.Preset {
        let fields = try reader.map(ProfileKeys.preset)
        let key = try fields.required("key").word(of: keys.keys.sorted())
        return MapFile.Preset(
            key: key, value: try fields.required("value").node.value, roles: try scope(fields),
            versions: try versions(fields))
    }
}
