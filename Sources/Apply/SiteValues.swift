public import Format
import Values

/// The values of one site for the variables of one role, each accepted by its type.
public struct SiteValues: Hashable, Sendable {
    /// A value with its type.
    public struct Value: Hashable, Sendable {
        let type: VariableType
        let text: String
        /// Who gave it, in words.
        let place: String
    }

    private var given: [String: Value] = [:]

    /// No values.
    public init() {}

    /// What a template asks for.
    func value(of name: String) -> (type: VariableType, text: String)? { given[name].map { ($0.type, $0.text) } }

    /// Whether `name` has a value that must not be shown or kept.
    func isSecret(_ name: String) -> Bool { given[name]?.type.isSecret ?? false }

    /// All that are not secret, sorted by name: for the receipt and for people.
    public var shown: [(name: String, value: String)] {
        given.filter { !$0.value.type.isSecret }.map { ($0.key, $0.value.text) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// All, sorted by name; of a secret only that it is there, and who gave it.
    public var rows: [Row] {
        given.map { Row(name: $0.key, value: $0.value.type.isSecret ? nil : $0.value.text, place: $0.value.place) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// A value as it may be shown.
    public struct Row: Hashable, Sendable {
        /// The variable.
        public let name: String
        /// `nil` for a secret.
        public let value: String?
        /// Who gave it, in words.
        public let place: String
    }

    /// The names of secrets that have a value, sorted.
    public var secrets: [String] {
        given.filter { $0.value.type.isSecret }.map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension SiteValues {
    /// Puts a question to a person; `nil` or an empty text means: no value.
    public typealias Question = (_ variable: Variable) throws -> String?

    /// Finds a value for every variable of `role`.
    ///
    /// - Parameters:
    ///   - sources: The first that names a variable decides, even with an empty value, which means none.
    ///   - ask: Asks a person for what no source names; `nil` when there is nobody to ask.
    /// - Throws: ``ApplyError``, or what `ask` throws.
    public init(
        for role: String, of manifest: Manifest, from sources: [ValueSource], asking ask: Question?
    ) throws {
        let variables = manifest.variables.filter { $0.roles.includes(role) }
        for source in sources { try Self.check(source, against: manifest.variables) }
        var missing: [Variable] = []
        for variable in variables {
            if let value = try Self.value(of: variable, sources, ask) {
                given[variable.name] = value
            } else if variable.required {
                missing.append(variable)
            }
        }
        guard missing.isEmpty else { throw ApplyError.missingValues(missing) }
    }

    private static func check(_ source: ValueSource, against variables: [Variable]) throws(ApplyError) {
        let known = Array(Set(variables.map(\.name))).sorted()
        for value in source.values where !source.isFromThePast {
            guard let variable = variables.first(where: { $0.name == value.name }) else {
                throw .unknownValue(name: value.name, source: source.place(of: value), known: known)
            }
            guard !source.isCommandLine || !variable.type.isSecret else {
                throw .secretOnCommandLine(name: value.name)
            }
        }
    }

    /// The value of one variable; `nil` when it has none.
    private static func value(
        of variable: Variable, _ sources: [ValueSource], _ ask: Question?
    ) throws -> Value? {
        func made(_ text: String?, _ place: String) -> Value? {
            guard let text, !text.isEmpty else { return nil }
            return Value(type: variable.type, text: text, place: place)
        }
        for source in sources {
            guard let value = source.values.last(where: { $0.name == variable.name }) else { continue }
            guard value.text.isEmpty || variable.accepts(value.text) else {
                if source.isFromThePast { continue }
                throw ApplyError.invalidValue(
                    name: variable.name, source: source.place(of: value),
                    value: variable.type.isSecret ? nil : value.text, expectation: variable.expectation)
            }
            return made(value.text, source.place(of: value))
        }
        let standard = made(variable.defaultValue, "the bundle's default")
        guard let ask else { return standard }
        return made(try ask(variable), "typed") ?? standard
    }
}
