public import Format
import Values

/// The values of one site for the variables of one role, each accepted by its type.
public struct SiteValues: Hashable, Sendable {
    /// A value with its type.
    public struct Value: Hashable, Sendable {
        let type: VariableType
        let text: String
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

    /// The names of secrets that have a value, sorted.
    public var secrets: [String] {
        given.filter { $0.value.type.isSecret }.map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Values from one place: the command line, a file, the last installation.
public struct ValueSource: Sendable {
    /// The place as a person would say it.
    public let name: String
    /// Whether other users of the machine can read it.
    public let isCommandLine: Bool
    /// Whether names that the bundle does not know are passed over: they were right for another version.
    public let isFromThePast: Bool
    /// In the order given; a later value of a name replaces an earlier one.
    public let values: [(name: String, value: String)]

    /// `--set NAME=value`, any number of times.
    ///
    /// - Throws: ``ApplyError/unreadableLine(file:line:)`` for a text without `=`.
    public static func commandLine(_ texts: [String]) throws(ApplyError) -> ValueSource {
        ValueSource(
            name: commandLineName, isCommandLine: true, isFromThePast: false, values: try texts.enumerated().map(split))
    }

    /// What the command line is called where a file has its path.
    static let commandLineName = "--set"

    /// The lines of a values file.
    public static func file(_ path: String, _ bytes: [UInt8]) throws(ApplyError) -> ValueSource {
        var values: [(name: String, value: String)] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            guard let text = String(validating: line, as: UTF8.self) else {
                throw .unreadableLine(file: path, line: index + 1)
            }
            let trimmed = trim(text)
            guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { continue }
            guard let value = pair(trimmed) else { throw .unreadableLine(file: path, line: index + 1) }
            values.append((value.name, unquoted(value.value)))
        }
        return ValueSource(name: path, isCommandLine: false, isFromThePast: false, values: values)
    }

    /// What the last installation was given.
    public static func receipt(_ receipt: Receipt) -> ValueSource {
        ValueSource(name: "the last installation", isCommandLine: false, isFromThePast: true, values: receipt.values)
    }

    private static func split(_ index: Int, _ text: String) throws(ApplyError) -> (name: String, value: String) {
        guard let value = pair(text[...]) else { throw .unreadableLine(file: Self.commandLineName, line: index + 1) }
        return value
    }

    private static func pair(_ text: Substring) -> (name: String, value: String)? {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        return (String(trim(String(text[..<equals]))), String(text[text.index(after: equals)...]))
    }

    /// Without blanks and a carriage return at both ends.
    private static func trim(_ text: String) -> Substring {
        var rest = text[...]
        while let first = rest.unicodeScalars.first, first == " " || first == "\t" { rest.unicodeScalars.removeFirst() }
        while let last = rest.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
            rest.unicodeScalars.removeLast()
        }
        return rest
    }

    /// Without one pair of quotes around it, as environment files have them.
    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == "\"" || first == "'", text.last == first else {
            return text
        }
        return String(text.dropFirst().dropLast())
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
            let text = try Self.text(of: variable, sources, ask)
            if let text, !text.isEmpty {
                given[variable.name] = Value(type: variable.type, text: text)
            } else if variable.required {
                missing.append(variable)
            }
        }
        guard missing.isEmpty else { throw ApplyError.missingValues(missing) }
    }

    private static func check(_ source: ValueSource, against variables: [Variable]) throws(ApplyError) {
        let known = Array(Set(variables.map(\.name))).sorted()
        for (name, _) in source.values where !source.isFromThePast {
            guard let variable = variables.first(where: { $0.name == name }) else {
                throw .unknownValue(name: name, source: source.name, known: known)
            }
            guard !source.isCommandLine || !variable.type.isSecret else { throw .secretOnCommandLine(name: name) }
        }
    }

    private static func text(of variable: Variable, _ sources: [ValueSource], _ ask: Question?) throws -> String? {
        for source in sources {
            guard let value = source.values.last(where: { $0.name == variable.name })?.value else { continue }
            guard value.isEmpty || variable.type.accepts(value) else {
                if source.isFromThePast { continue }
                throw ApplyError.invalidValue(
                    name: variable.name, source: source.name, value: variable.type.isSecret ? nil : value,
                    expectation: variable.type.expectation)
            }
            return value
        }
        guard let ask else { return variable.defaultValue }
        let answer = try ask(variable)
        return answer?.isEmpty == false ? answer : variable.defaultValue
    }
}
