/// One option of a command: `--key PEM`, `-o DIR`, `--yes`.
public struct Option: Hashable, Sendable {
    /// How often it may come and whether a value follows.
    public enum Kind: Hashable, Sendable {
        /// Without a value; coming twice means the same as once.
        case flag
        /// With one value, once.
        case value
        /// With one value, any number of times; all are kept in order.
        case values
    }

    /// The long name without its dashes.
    public let name: String
    /// The short name without its dash, if there is one.
    public let letter: Character?
    /// Whether and how often a value follows.
    public let kind: Kind
    /// The word that stands for the value in help: `PEM`. Empty for a flag.
    public let placeholder: String
    /// What it does: one phrase in lower case, without a full stop.
    public let summary: String
    /// What a shell offers for the value.
    public let completion: Completion
    /// Whether a command without it is refused.
    public let isRequired: Bool

    private init(
        _ name: String, _ letter: Character?, _ kind: Kind, _ placeholder: String, _ summary: String,
        _ completion: Completion, isRequired: Bool = false
    ) {
        self.name = name
        self.letter = letter
        self.kind = kind
        self.placeholder = placeholder
        self.summary = summary
        self.completion = completion
        self.isRequired = isRequired
    }

    /// An option without a value.
    public static func flag(_ name: String, letter: Character? = nil, _ summary: String) -> Option {
        Option(name, letter, .flag, "", summary, .none)
    }

    /// An option with one value.
    public static func value(
        _ name: String, letter: Character? = nil, _ placeholder: String, _ summary: String,
        completing completion: Completion = .none, isRequired: Bool = false
    ) -> Option {
        Option(name, letter, .value, placeholder, summary, completion, isRequired: isRequired)
    }

    /// An option that may come again and again, each time with a value.
    public static func values(
        _ name: String, letter: Character? = nil, _ placeholder: String, _ summary: String,
        completing completion: Completion = .none
    ) -> Option {
        Option(name, letter, .values, placeholder, summary, completion)
    }

    var takesValue: Bool { kind != .flag }

    /// `--key PEM`, as help and usage lines show it.
    var longForm: String { "--" + name + (takesValue ? " " + placeholder : "") }

    /// `[-o DIR]` or `[--set K=V]...`, as a synopsis shows it.
    var synopsis: String {
        let shown = letter.map { "-\($0)" + (takesValue ? " " + placeholder : "") } ?? longForm
        return (isRequired ? shown : "[\(shown)]") + (kind == .values ? "..." : "")
    }
}
