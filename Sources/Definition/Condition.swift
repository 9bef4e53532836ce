import LibYAML

/// What a definition must say, or must not say, for an item of a profile to count: `when:`.
public struct Condition: Hashable, Sendable {
    /// What is looked at.
    enum Subject: String, CaseIterable, Hashable, Sendable {
        /// Optional artefacts that the definition gives.
        case artefact
        /// Keys of `config` or `role-config`.
        case config
        /// Keys of `registries`.
        case registries
    }

    /// One thing that must be so.
    struct Term: Hashable, Sendable {
        let subject: Subject
        /// Any of these.
        let names: [String]
        /// Whether one of them must be there, or none.
        let isWanted: Bool
    }

    /// All must be so; none for an item that always counts.
    let terms: [Term]

    /// Every definition.
    static let always = Condition(terms: [])

    /// The keys of `when:`.
    static let keys = Subject.allCases.flatMap { [$0.rawValue, "no-" + $0.rawValue] }

    /// Whether the item counts where a definition says `said`.
    func holds(for said: Said) -> Bool {
        terms.allSatisfy { term in
            let names =
                switch term.subject {
                case .artefact: said.artefacts
                case .config: said.config
                case .registries: said.registries
                }
            return term.names.contains(where: names.contains) == term.isWanted
        }
    }

    /// What a definition says, as far as conditions look at it.
    struct Said: Hashable, Sendable {
        var artefacts: Set<String> = []
        var config: Set<String> = []
        var registries: Set<String> = []
    }
}

extension ItemReader {
    /// `when:` of an item.
    func condition(_ map: YAMLMap) throws(YAMLError) -> Condition {
        guard let reader = map.optional("when") else { return .always }
        let fields = try reader.map(Condition.keys)
        var terms: [Condition.Term] = []
        for subject in Condition.Subject.allCases {
            for isWanted in [true, false] {
                guard let names = fields.optional((isWanted ? "" : "no-") + subject.rawValue) else { continue }
                terms.append(.init(subject: subject, names: try names.names(), isWanted: isWanted))
            }
        }
        guard !terms.isEmpty else { throw reader.unexpected("one of " + Condition.keys.joined(separator: ", ")) }
        return Condition(terms: terms)
    }
}

extension Profile {
    /// The profile as it is where a definition says `said`: without what does not count there, and without conditions.
    func specialised(for said: Condition.Said) -> Profile {
        var profile = self
        profile.artefacts = artefacts.filter { !$0.isOptional || said.artefacts.contains($0.name) }
        profile.items = items.filter { $0.condition.holds(for: said) }
        profile.steps = steps.filter { $0.condition.holds(for: said) }
        profile.requirements = requirements.filter { $0.condition.holds(for: said) }
        return profile
    }

    /// Every name that a condition looks at is one that a definition can say.
    func checkConditions(in reader: YAMLReader) throws(YAMLError) {
        let conditions = items.map(\.condition) + steps.map(\.condition) + requirements.map(\.condition)
        for term in conditions.flatMap(\.terms) {
            let known =
                switch term.subject {
                case .artefact: artefacts.filter(\.isOptional).map(\.name)
                case .config: config?.keys.keys.sorted() ?? []
                case .registries: registries?.keys.keys.sorted() ?? []
                }
            guard let unknown = term.names.first(where: { !known.contains($0) }) else { continue }
            throw .unknownKey(unknown, reader.location, place: "when.\(term.subject.rawValue)", known: known)
        }
    }
}
