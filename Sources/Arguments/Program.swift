public import Reporting

/// The one table of a program's command line. Parser, help, man page and shell completions are all made from it, so
/// they cannot disagree.
public struct Program: Hashable, Sendable {
    /// The name it is called by.
    public let name: String
    /// Its version, as `--version` and the man page say it.
    public let version: String
    /// What it does: one phrase in lower case, without a full stop.
    public let summary: String
    /// Paragraphs that say more, for help and man page.
    public let details: [String]
    /// What it does without a verb; `nil` when it needs one.
    public let withoutVerb: Command?
    /// The verbs in the order of help.
    public let commands: [Command]
    /// The options that every command has; `--help` and `--version` are there without being named.
    public let common: [Option]
    /// The exit codes it may end with.
    public let exitCodes: [ExitCode]
    /// Files it reads or writes, for the man page.
    public let files: [File]
    /// Other pages of the manual: `sealift-install(8)`.
    public let seeAlso: [String]

    /// A file or folder and what it is for.
    public struct File: Hashable, Sendable {
        /// Its path as a person would write it.
        public let path: String
        /// What it is for: one phrase in lower case.
        public let meaning: String

        /// Takes both as they are.
        public init(_ path: String, _ meaning: String) {
            self.path = path
            self.meaning = meaning
        }
    }

    /// - Precondition: The table is sound: names are unique within what one command sees, an option that several
    ///   commands have takes a value in all or in none, only the last positional is optional or repeated.
    public init(
        _ name: String, version: String, _ summary: String, details: [String] = [], withoutVerb: Command? = nil,
        commands: [Command], common: [Option] = [], exitCodes: [ExitCode] = ExitCode.allCases, files: [File] = [],
        seeAlso: [String] = []
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.details = details
        self.withoutVerb = withoutVerb
        self.commands = commands
        self.common =
            common + [
                .flag("help", letter: "h", "show this help"), .flag("version", "show the version"),
            ]
        self.exitCodes = exitCodes
        self.files = files
        self.seeAlso = seeAlso
        if let fault { preconditionFailure(fault) }
    }

    /// All commands, the one without a verb first.
    var allCommands: [Command] { (withoutVerb.map { [$0] } ?? []) + commands }

    /// The options that `command` sees.
    func options(of command: Command) -> [Option] { command.options + common }

    /// Every option of any command, once by name.
    var everyOption: [Option] {
        var seen: Set<String> = []
        return (common + allCommands.flatMap(\.options)).filter { seen.insert($0.name).inserted }
    }
}

extension Program {
    /// What is wrong with the table; `nil` when it is sound.
    var fault: String? {
        for command in allCommands {
            let options = options(of: command)
            if let twice = repeated(options.map(\.name)) { return "\(command.name): --\(twice) comes twice" }
            if let twice = repeated(options.compactMap(\.letter)) { return "\(command.name): -\(twice) comes twice" }
            if command.positionals.dropLast().contains(where: { $0.count != .one }) {
                return "\(command.name): only the last positional may be optional or repeated"
            }
            for name in command.exclusive.joined() where !options.contains(where: { $0.name == name }) {
                return "\(command.name): there is no --\(name) to exclude"
            }
        }
        if let twice = repeated(commands.map(\.name)) { return "the command \(twice) comes twice" }
        for option in allCommands.flatMap(\.options) {
            let others = everyOption.filter { $0.name == option.name || $0.letter != nil && $0.letter == option.letter }
            if others.contains(where: { $0.takesValue != option.takesValue }) {
                return "--\(option.name) takes a value in one command and none in another"
            }
        }
        return nil
    }

    private func repeated<Name: Hashable>(_ names: [Name]) -> Name? {
        var seen: Set<Name> = []
        return names.first { !seen.insert($0).inserted }
    }
}
