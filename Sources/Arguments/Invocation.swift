/// What a command line asks for.
public enum Request: Hashable, Sendable {
    /// Run a command.
    case run(Invocation)
    /// Show this text on standard output and end with 0.
    case show(String)
}

/// One command with its options and arguments, all of them known to its table.
public struct Invocation: Hashable, Sendable {
    /// The command; its name is empty when the program was called without a verb.
    public let command: Command
    /// The options that the command sees.
    private let options: [Option]
    private(set) var given: [String: [String]] = [:]
    private(set) var arguments: [String] = []

    init(_ command: Command, options: [Option]) {
        self.command = command
        self.options = options
    }

    mutating func add(_ option: Option, _ value: String) { given[option.name, default: []].append(value) }
    mutating func add(argument: String) { arguments.append(argument) }
    func has(_ name: String) -> Bool { given[name] != nil }

    /// Whether the flag `name` is given.
    public func flag(_ name: String) -> Bool {
        expect(name, .flag)
        return has(name)
    }

    /// The value of the option `name`; `nil` when it is not given.
    public func value(_ name: String) -> String? {
        expect(name, .value)
        return given[name]?.first
    }

    /// The values of the repeatable option `name`, in order.
    public func values(_ name: String) -> [String] {
        expect(name, .values)
        return given[name] ?? []
    }

    /// What `parse` makes of the value of the option `name`; `nil` when it is not given.
    /// - Throws: ``ArgumentsError/invalidValue(option:value:expected:)`` when `parse` makes nothing of it; `expected`
    ///   says what it must be: `a size such as 512MiB`.
    public func value<Value>(
        _ name: String, as expected: String, _ parse: (String) -> Value?
    ) throws(ArgumentsError) -> Value? {
        guard let text = value(name) else { return nil }
        guard let value = parse(text) else { throw .invalidValue(option: name, value: text, expected: expected) }
        return value
    }

    /// The argument called `name` in the table; `nil` when it is optional and not given.
    public func argument(_ name: String) -> String? { arguments(name).first }

    /// The arguments called `name` in the table.
    public func arguments(_ name: String) -> [String] {
        guard let place = command.positionals.firstIndex(where: { $0.name == name }) else {
            fatalError("the command \"\(command.name)\" has no argument \(name)")
        }
        let rest = arguments.dropFirst(place)
        return Array(command.positionals[place].repeats ? rest : rest.prefix(1))
    }

    private func expect(_ name: String, _ kind: Option.Kind) {
        guard options.contains(where: { $0.name == name && $0.kind == kind }) else {
            fatalError("the command \"\(command.name)\" has no option --\(name) that is a \(kind)")
        }
    }
}
