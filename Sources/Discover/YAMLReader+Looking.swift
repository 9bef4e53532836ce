import LibYAML

/// Looking at a document of others: what is not there, or is something else, is simply not found.
extension YAMLReader {
    /// The members of a map, those of merged maps (`<<`, YAML 1.1 merge keys, which Kubernetes knows) after its own; none of
    /// anything else.
    var members: [(key: String, value: YAMLReader)] {
        guard isMap else { return [] }
        var own: [(key: String, value: YAMLReader)] = []
        var merged: [YAMLReader] = []
        for (key, value) in ownMembers {
            if key == "<<" { merged += value.isList ? value.elements : [value] } else { own.append((key, value)) }
        }
        for member in merged.flatMap(\.members) where !own.contains(where: { $0.key == member.key }) {
            own.append(member)
        }
        return own
    }

    /// The elements of a list; none of anything else.
    var elements: [YAMLReader] {
        guard isList else { return [] }
        do throws(YAMLError) { return try list() } catch { preconditionFailure("a list has elements") }
    }

    /// The value of `key`, where this is a map that has it.
    subscript(key: String) -> YAMLReader? { members.first { $0.key == key }?.value }

    /// The value after following `keys` through maps.
    subscript(path keys: [String]) -> YAMLReader? {
        var reader = self
        for key in keys {
            guard let next = reader[key] else { return nil }
            reader = next
        }
        return reader
    }

    /// What a scalar says, whatever its type; `nil` for lists, maps and nothing.
    var text: String? {
        guard case .scalar(let scalar) = node.kind, scalar.meaning != .null, !scalar.text.isEmpty else { return nil }
        return scalar.text
    }

    /// `true` or `false` where that stands.
    var truth: Bool? {
        guard case .scalar(let scalar) = node.kind, case .bool(let value) = scalar.meaning else { return nil }
        return value
    }

    /// The members that stand in the map itself.
    private var ownMembers: [(key: String, value: YAMLReader)] {
        do throws(YAMLError) { return try entries().map { ($0.key, $0.value) } } catch {
            preconditionFailure("a map has entries")
        }
    }
}
