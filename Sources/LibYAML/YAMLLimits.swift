public import Values

/// What a YAML text may cost. Everything a person writes for sealift fits many times over; what does not is an attack
/// (billion laughs, deep nesting) or the wrong file.
public struct YAMLLimits: Hashable, Sendable {
    /// The longest text, in bytes.
    public var size: ByteCount
    /// The most collections inside each other.
    public var depth: Int
    /// The most nodes of one text, with what each alias repeats counted again.
    public var nodes: Int
    /// The most aliases (`*name`) of one text.
    public var aliases: Int

    /// Limits that differ from ``standard`` where given.
    public init(size: ByteCount = .mebibytes(4), depth: Int = 64, nodes: Int = 200_000, aliases: Int = 64) {
        self.size = size
        self.depth = depth
        self.nodes = nodes
        self.aliases = aliases
    }

    /// For definitions, profiles and locks.
    public static let standard = Self()
}
