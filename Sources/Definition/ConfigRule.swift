public import Format
public import LibYAML
public import Values

/// A rule that a configuration file must keep beyond the types of its keys, as data in a profile.
///
/// Keys are paths joined by dots; `[]` after a key stands for each element of its list: `Machines[].LinuxNode.CpuCount`.
public struct ConfigRule: Sendable {
    /// What must hold for the values at ``keys``. A closed vocabulary.
    public enum Check: Hashable, Sendable {
        /// Each is of a type.
        case type(ValueType)
        /// Each is one of these values.
        case oneOf([YAMLValue])
        /// Each whole number, or the length of each list, lies between.
        case range(ClosedRange<Int>)
        /// Each whole number is even.
        case even
        /// Each text ends so.
        case suffix(String)
        /// Each map has no other keys than these.
        case known([String])
        /// Each is there.
        case required
        /// None is there.
        case forbidden
        /// All are there, or none is.
        case together
        /// No two are equal.
        case distinct
        /// All IPv4 addresses lie in one network; its prefix length stands at this key.
        case sameNetwork(prefix: String)
        /// No address or network touches one of these.
        case outside([String])
        /// The sum of all whole numbers is at most that.
        case sum(maximum: Int)
        /// Where one is there, the definition says where these artefacts of the profile come from.
        case artefacts([String])
    }

    /// Types that the types of keys do not tell.
    public enum ValueType: String, CaseIterable, Hashable, Sendable {
        case boolean, integer, text, list, map, ipv4, cidr, guid
    }

    /// What must hold.
    public let check: Check
    /// The values that it is about.
    public let keys: [String]
    /// The rule counts only where each of these keys has one of the values beside it.
    public let when: [(key: String, values: [YAMLValue])]
    /// The rule counts only where each of these keys is there.
    public let with: [String]
    /// The rule counts only where none of these keys is there.
    public let without: [String]
    /// Why, in one sentence, with its source in brackets.
    public let reason: String
    /// For which roles.
    public let roles: RoleScope
    /// For which versions.
    public let versions: VersionRange
}
