/// A place in a text that a person wrote.
public struct SourceLocation: Hashable, Sendable {
    /// The file's name as the person gave it.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, counting Unicode scalars.
    public let column: Int
    /// The text of that line, without its end; `nil` when it is not at hand.
    public let excerpt: String?

    /// Takes all four as they are.
    public init(file: String, line: Int, column: Int, excerpt: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.excerpt = excerpt
    }
}

extension SourceLocation: CustomStringConvertible {
    /// `line7.yaml:3:12`.
    public var description: String { "\(file):\(line):\(column)" }
}
