import Format
import LibYAML
import Values

/// The networks of pods and services: those that a definition sets are what its machines are checked for.
extension Profile {
    /// `networks:`: the usual networks, and the keys of `config` that set others.
    static func networks(_ reader: YAMLReader?, _ config: MapFile?) throws(YAMLError) -> [String: String] {
        var keys: [String: String] = [:]
        for entry in try reader?.entries() ?? [] {
            guard IPNetwork(entry.key) != nil else {
                throw .unknownKey(entry.key, entry.location, place: "networks", known: ["10.42.0.0/16"])
            }
            let known = config?.keys.keys.sorted() ?? []
            let key = try entry.value.nonEmptyString()
            guard known.contains(key) else {
                throw .unknownKey(key, entry.value.location, place: "networks", known: known)
            }
            keys[entry.key] = key
        }
        return keys
    }

    /// The profile with requirements about the networks that `config`, of all roles or of some, sets in the place of the usual ones.
    ///
    /// A value that the site gives is not known here: the usual network is looked at then.
    func following(_ config: [YAMLValue]) -> Profile {
        var set: [String: [String]] = [:]
        for (network, key) in networks {
            // Networks of both families stand in one text, with a comma between them.
            let own = config.flatMap { ConfigValue(root: $0, places: [:]).find(key) }.flatMap { found -> [String] in
                guard case .string(let text)? = found.value else { return [] }
                return text.split(separator: ",").map(String.init)
            }
            if !own.isEmpty, own.allSatisfy({ VariableType.cidr.accepts($0) }) { set[network] = own }
        }
        guard !set.isEmpty else { return self }
        var profile = self
        profile.requirements = requirements.map { $0.with(networks: set) }
        profile.hardware = hardware.map { chosen in
            HardwareClass(
                name: chosen.name, summary: chosen.summary,
                requirements: chosen.requirements.map { $0.with(networks: set) })
        }
        return profile
    }
}

extension ForVersions<Requirement> {
    fileprivate func with(networks set: [String: [String]]) -> Self {
        func replaced(_ networks: [String]) -> [String] { networks.flatMap { set[$0] ?? [$0] } }
        var requirement = item
        switch item.rule {
        case .routeOverlap(let networks): requirement.rule = .routeOverlap(networks: replaced(networks))
        case .firewall(let ports, let networks):
            requirement.rule = .firewall(ports: ports, networks: replaced(networks))
        default: return self
        }
        return ForVersions(versions: versions, item: requirement, condition: condition)
    }
}
