/// One verb of a program with all that may follow it.
public struct Command: Hashable, Sendable {
    /// The verb: one word, or two for a verb of a noun (`cache list`); empty for what a program does without a verb.
    public let name: String
    /// What it does: one phrase in lower case, without a full stop.
    public let summary: String
    /// Paragraphs that say more, for help and man page.
    public let details: [String]
    /// The arguments by place.
    public let positionals: [Positional]
    /// The options that only this command has.
    public let options: [Option]
    /// Sets of options of which only one may come.
    public let exclusive: [[String]]
    /// Command lines that show how it is used, each with what it does.
    public let examples: [Example]

    /// A command line and what it does.
    public struct Example: Hashable, Sendable {
        /// The whole line, program name included.
        public let line: String
        /// What it does: one phrase in lower case.
        public let meaning: String

        /// Takes both as they are.
        public init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// Takes all as they are; ``Program`` checks that the parts go together.
    public init(
        _ name: String, _ summary: String, details: [String] = [], positionals: [Positional] = [],
        options: [Option] = [], exclusive: [[String]] = [], examples: [Example] = []
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.positionals = positionals
        self.options = options
        self.exclusive = exclusive
        self.examples = examples
    }

    /// The words of the name.
    var words: [String] { name.split(separator: " ").map { String($0) } }
}
