import LibYAML

/// The values of a chart with what a site sets over them, each with the place that it comes from.
indirect enum ValueTree {
    case map(YAMLReader?, [(key: String, value: ValueTree)])
    case list([ValueTree])
    case leaf(YAMLReader)

    init(_ reader: YAMLReader) {
        if reader.isMap {
            self = .map(reader, reader.members.map { ($0.key, ValueTree($0.value)) })
        } else if reader.isList {
            self = .list(reader.elements.map { ValueTree($0) })
        } else {
            self = .leaf(reader)
        }
    }

    static let empty = ValueTree.map(nil, [])

    /// Maps are merged, all else is replaced; nothing (`null`) stands for no value: Helm's rules.
    func overlaid(by other: ValueTree) -> ValueTree {
        guard case .map(let place, var members) = self, case .map(_, let more) = other else { return other }
        for (key, value) in more {
            let index = members.firstIndex { $0.key == key }
            if let index {
                members[index].value = members[index].value.overlaid(by: value)
            } else {
                members.append((key, value))
            }
        }
        return .map(place, members)
    }

    subscript(key: String) -> ValueTree? {
        guard case .map(_, let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The value after following a path of keys.
    subscript(path keys: [some StringProtocol]) -> ValueTree? {
        var tree = self
        for key in keys {
            guard let next = tree[String(key)] else { return nil }
            tree = next
        }
        return tree
    }

    /// What stands here, with its place; `nil` for maps, lists and what is empty.
    var leaf: (text: String, reader: YAMLReader)? {
        guard case .leaf(let reader) = self, let text = reader.text else { return nil }
        return (text, reader)
    }

    /// `true` or `false` where that stands.
    var truth: Bool? { if case .leaf(let reader) = self { reader.truth } else { nil } }
}
