public import Format
public import LibYAML
public import Values

/// How a map of the definition (`config:`, `registries:`) becomes a file on the machine.
public struct MapFile: Sendable {
    /// What a key's value must be.
    public enum ValueType: String, CaseIterable, Hashable, Sendable {
        case boolean, integer, text, list, map

        /// What a value must be, as it goes after "expected".
        var expectation: String {
            switch self {
            case .boolean: "true or false"
            case .integer: "a whole number"
            case .text: "text"
            case .list: "a list"
            case .map: "a map of `key: value`"
            }
        }
    }

    /// A key that the platform knows.
    public struct Key: Hashable, Sendable {
        /// What its value must be.
        public let type: ValueType
        /// The roles whose file may have it; for other roles it is left out.
        public let roles: RoleScope
    }

    /// A value that the profile sets.
    public struct Preset: Hashable, Sendable {
        /// The path of the key, joined by dots.
        public let key: String
        /// The value; texts may be `${NAME}`.
        public let value: YAMLValue
        /// For which roles.
        public let roles: RoleScope
        /// For which versions.
        public let versions: VersionRange
    }

    /// Where it is laid.
    public let destination: MemberPath
    /// Mode and owner.
    public let permissions: Permissions
    /// For which roles.
    public let roles: RoleScope
    /// `yaml` or `json`.
    public let format: TemplateFormat
    /// The keys that the platform knows, by their paths: `disable`, or `spec.api.port` for a key in a map in a map. None is the
    /// beginning of another.
    public let keys: [String: Key]
    /// Whether `key+` appends to a list.
    public let appends: Bool
    /// Paths of keys that a definition must not set, with the reason.
    public let refused: [String: String]
    /// Keys at any depth whose text must come from a variable, never from the definition.
    public let secrets: [String]
    /// What the profile itself sets; a definition that sets the same key wins.
    public let presets: [Preset]
    /// What keys ask of others.
    let rules: [MapFileRule]
    /// What the values must keep beyond the types of their keys.
    public let checks: [ConfigRule]
}
