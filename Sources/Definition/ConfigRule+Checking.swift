import Format
import LibYAML
import Reporting
import Values

/// What a rule finds wrong.
struct ConfigBreach {
    /// The path of the value, or of where one is missing.
    let path: String
    /// What is there, as it goes after "found".
    let found: String
    /// What would be right.
    let expected: String
}

extension ConfigRule {
    /// The first breach of the rule; `nil` where it is kept, or does not count.
    ///
    /// Values that a site gives, `${NAME}`, are checked by their variable's type only.
    ///
    /// - Parameters:
    ///   - variables: The type of each variable.
    ///   - artefacts: The artefacts that the definition gives a place for.
    func breach(
        in config: ConfigValue, variables: [String: VariableType], artefacts given: Set<String>
    ) -> ConfigBreach? {
        guard counts(in: config) else { return nil }
        let all = keys.flatMap(config.find)
        let present = all.filter { $0.value != nil }
        switch check {
        case .required:
            return all.first { $0.value == nil }.map { breach($0, "nothing", "a value: it is required\(condition)") }
        case .forbidden: return present.first.map { breach($0, "no value\(condition)") }
        case .together: return apart(all, present)
        case .distinct: return twin(present)
        case .sum(let maximum):
            let sum = present.compactMap { $0.value?.number }.reduce(0) { $0.addingReportingOverflow($1).partialValue }
            return sum <= maximum ? nil : present.first.map { breach($0, "\(sum) in all", "at most \(maximum) in all") }
        case .artefacts(let names):
            guard let first = present.first, let name = names.first(where: { !given.contains($0) }) else { return nil }
            return breach(first, "`artefacts: {\(name): {file: PATH}}` in the definition")
        case .sameNetwork(let key): return stray(present, config.find(key).first?.value?.number)
        default: return present.lazy.compactMap { each($0, variables) }.first
        }
    }

    private func counts(in config: ConfigValue) -> Bool {
        let isThere: (String) -> Bool = { key in config.find(key).contains { $0.value != nil } }
        return when.allSatisfy { pair in
            config.find(pair.key).contains { found in found.value.map(pair.values.contains) ?? false }
        } && with.allSatisfy(isThere) && !without.contains(where: isThere)
    }

    /// When the rule counts, in words.
    private var condition: String {
        let parts =
            when.map { pair in "\(pair.key) is \(pair.values.map(\.words).joined(separator: " or "))" }
            + with.map { "\($0) is there" } + without.map { "there is no \($0)" }
        return parts.isEmpty ? "" : " where " + parts.joined(separator: " and ")
    }

    private func breach(_ found: ConfigValue.Found, _ expected: String) -> ConfigBreach {
        breach(found, found.value?.words ?? "nothing", expected)
    }

    private func breach(_ found: ConfigValue.Found, _ words: String, _ expected: String) -> ConfigBreach {
        ConfigBreach(path: found.path, found: words, expected: expected)
    }

    // MARK: Rules about several values

    private func apart(_ all: [ConfigValue.Found], _ present: [ConfigValue.Found]) -> ConfigBreach? {
        // Those below one element of a list belong together.
        let groups = Dictionary(grouping: all) { $0.path.split(separator: ".").dropLast().joined(separator: ".") }
        for group in groups.keys.sorted() {
            let members = groups[group] ?? []
            guard members.contains(where: { $0.value != nil }), let missing = members.first(where: { $0.value == nil })
            else { continue }
            return breach(missing, "a value: \(keys.joined(separator: ", ")) stand together or not at all")
        }
        return nil
    }

    private func twin(_ present: [ConfigValue.Found]) -> ConfigBreach? {
        for (index, one) in present.enumerated() {
            if let other = present[..<index].first(where: { $0.value == one.value }) {
                return breach(one, "another value than that of \(other.path)")
            }
        }
        return nil
    }

    private func stray(_ present: [ConfigValue.Found], _ prefix: Int?) -> ConfigBreach? {
        guard let prefix, (1...32).contains(prefix) else { return nil }
        let addresses = present.compactMap { found in
            found.value?.string.flatMap { IPAddress($0) }.flatMap { $0.isV4 ? (found, $0) : nil }
        }
        guard let (first, address) = addresses.first else { return nil }
        let other = addresses.first { $0.1.network(prefix) != address.network(prefix) }
        return other.map {
            breach($0.0, "an address in the /\(prefix) network of \(first.path), \(first.value?.words ?? "")")
        }
    }

    // MARK: Rules about one value

    private func each(_ found: ConfigValue.Found, _ variables: [String: VariableType]) -> ConfigBreach? {
        guard let value = found.value else { return nil }
        if let name = value.string.flatMap(variableName) {
            guard case .type(let type) = check, let given = variables[name] else { return nil }
            return type.accepts(given)
                ? nil
                : breach(
                    found, "a variable of type \(given.rawValue)", type.expectation + ", or a variable of that type")
        }
        switch check {
        case .type(let type): return type.accepts(value) ? nil : breach(found, type.expectation)
        case .oneOf(let values):
            guard !values.contains(value) else { return nil }
            return breach(
                found,
                values.count == 1
                    ? values[0].words + condition : "one of \(values.map(\.words).joined(separator: ", "))" + condition)
        case .range(let range):
            guard let size = value.size, !range.contains(size) else { return nil }
            let what = value.number == nil ? "elements" : "a whole number"
            return breach(
                found,
                range.upperBound == .max
                    ? "\(what), at least \(range.lowerBound)\(condition)"
                    : "\(what), from \(range.lowerBound) to \(range.upperBound)\(condition)")
        case .even:
            guard let number = value.number, !number.isMultiple(of: 2) else { return nil }
            return breach(found, "an even number such as \(number + 1)")
        case .suffix(let suffix):
            guard let text = value.string, !text.hasSuffix(suffix) else { return nil }
            return breach(found, "a text that ends with \(suffix)")
        case .known(let names): return unknown(found, value, names)
        case .outside(let networks):
            guard let text = value.string, let own = IPNetwork(text) ?? IPNetwork(text + "/32"),
                let met = networks.first(where: { IPNetwork($0)?.overlaps(own) == true })
            else { return nil }
            return breach(found, "an address outside \(met)")
        default: return nil
        }
    }

    private func unknown(_ found: ConfigValue.Found, _ value: YAMLValue, _ names: [String]) -> ConfigBreach? {
        guard case .map(let members) = value, let member = members.first(where: { !names.contains($0.key) }) else {
            return nil
        }
        let near = nearest(to: member.key, in: names).map { "\($0)? The keys there are " } ?? ""
        return ConfigBreach(
            path: found.path + "." + member.key, found: "the key \(quoted(member.key))",
            expected: near + names.sorted().joined(separator: ", "))
    }
}

extension ConfigRule.ValueType {
    /// What a value must be.
    var expectation: String {
        switch self {
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .text: "text"
        case .list: "a list"
        case .map: "a map of `key: value`"
        case .ipv4: VariableType.ipv4.expectation
        case .cidr: VariableType.cidr.expectation
        case .guid: "a GUID such as 6f9619ff-8b86-d011-b42d-00cf4fc964ff"
        }
    }

    func accepts(_ value: YAMLValue) -> Bool {
        switch (self, value) {
        case (.boolean, .bool), (.integer, .integer), (.text, .string), (.list, .list), (.map, .map): true
        case (.ipv4, .string(let text)): VariableType.ipv4.accepts(text)
        case (.cidr, .string(let text)): VariableType.cidr.accepts(text)
        case (.guid, .string(let text)): isGUID(text)
        default: false
        }
    }

    /// Whether every value of a variable of `type` is of this one.
    func accepts(_ type: VariableType) -> Bool {
        switch self {
        case .boolean: type == .boolean
        case .integer: type == .integer || type == .port
        case .text: ![.boolean, .integer, .port].contains(type)
        case .ipv4: type == .ipv4
        case .cidr: type == .cidr
        case .guid: type == .string
        case .list, .map: false
        }
    }
}

/// Five groups of hexadecimal digits (RFC 9562 §4).
private func isGUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    let digits = "0123456789abcdefABCDEF".utf8
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.utf8.allSatisfy(digits.contains) }
}

extension YAMLValue {
    /// The text of a text.
    fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The number of a whole number.
    fileprivate var number: Int? { if case .integer(let number) = self { number } else { nil } }
    /// A whole number, or how many elements a list has.
    fileprivate var size: Int? { if case .list(let elements) = self { elements.count } else { number } }

    /// The value in a few words.
    var words: String {
        switch self {
        case .null: "nothing"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .bare(let text): text
        case .string(let text): quoted(text)
        case .list(let elements): "a list of \(elements.count)"
        case .map: "a map"
        }
    }
}

extension IPAddress {
    /// The first bits of the address.
    fileprivate func network(_ prefix: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            byte & ~UInt8(truncatingIfNeeded: 0xFF >> min(8, max(0, prefix - 8 * index)))
        }
    }
}
