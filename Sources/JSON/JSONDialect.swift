public import Values

/// Whose JSON is being read.
public enum JSONDialect: Hashable, Sendable {
    /// What sealift writes and signs: whole numbers within ±(2^53 - 1) only, no `-0`.
    case strict
    /// Documents of registries and other tools: RFC 8259 as it stands; other numbers become ``JSONValue/number(_:)``.
    /// Duplicate keys, lone surrogates, byte order marks and trailing text are refused here, too.
    case foreign
}

/// How much a document may ask of its reader.
public struct JSONLimits: Hashable, Sendable {
    /// The most arrays and objects inside one another.
    public var depth: Int
    /// The longest document.
    public var size: ByteCount

    /// Sets both limits.
    public init(depth: Int = 64, size: ByteCount = .mebibytes(64)) {
        self.depth = depth
        self.size = size
    }

    /// 64 levels, 64 MiB: several times the manifest of the largest bundle, and far from the end of any stack.
    public static let standard = Self()
}
