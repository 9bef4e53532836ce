/// An argument that is known by its place: `DEFINITION`, `PATH...`.
public struct Positional: Hashable, Sendable {
    /// How many arguments it takes. Only the last of a command may take other than one.
    public enum Count: Hashable, Sendable {
        /// Exactly one.
        case one
        /// One or none.
        case optional
        /// One or more.
        case oneOrMore
        /// Any number.
        case any
    }

    /// The word that stands for it in help.
    public let name: String
    /// How many arguments it takes.
    public let count: Count
    /// What it is: one phrase in lower case, without a full stop.
    public let summary: String
    /// What a shell offers.
    public let completion: Completion

    /// Takes all as they are.
    public init(_ name: String, _ summary: String, _ count: Count = .one, completing completion: Completion = .none) {
        self.name = name
        self.count = count
        self.summary = summary
        self.completion = completion
    }

    var isRequired: Bool { count == .one || count == .oneOrMore }
    var repeats: Bool { count == .any || count == .oneOrMore }

    /// `DEFINITION`, `[PATH]...`, or the choices themselves: `[files|images]`.
    var synopsis: String {
        let shown = completion.choices.map { $0.joined(separator: "|") } ?? name
        let framed = isRequired ? (completion.choices == nil ? shown : "{\(shown)}") : "[\(shown)]"
        return framed + (repeats ? "..." : "")
    }
}
