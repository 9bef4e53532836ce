/// A place in a YAML text: line and column from 1; columns count Unicode scalars, as libyaml does.
public struct YAMLMark: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// Which text: 0 for the one that was read, more for those it was laid over (``YAMLSource/parts``).
    let part: Int

    /// A place by line and column, both from 1.
    public init(line: Int, column: Int) { self.init(line: line, column: column, part: 0) }

    init(line: Int, column: Int, part: Int) {
        self.line = line
        self.column = column
        self.part = part
    }
}
