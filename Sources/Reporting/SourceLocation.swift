/// A place in a text that a person wrote.
public struct SourceLocation: Hashable, Sendable {
    /// The file's name as the person gave it.
    public let file: String
    /// Line and column, from 1; columns count Unicode scalars.
    public let line: Int
    public let column: Int
    /// The text of that line, without its end; `nil` when it is not at hand.
    public let excerpt: String?

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
