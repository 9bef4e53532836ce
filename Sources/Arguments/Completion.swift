/// What a shell may offer for a value, and, for choices, all that is accepted.
public enum Completion: Hashable, Sendable {
    /// Nothing is known.
    case none
    /// Files and the folders that lead to them.
    case file
    /// Folders.
    case directory
    /// One of these words; anything else is refused.
    case choices([String])

    var choices: [String]? {
        guard case .choices(let words) = self else { return nil }
        return words
    }
}
