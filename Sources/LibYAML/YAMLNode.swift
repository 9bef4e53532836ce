/// A node of a YAML text with the place where it begins.
public struct YAMLNode: Hashable, Sendable {
    /// What a node is.
    public enum Kind: Hashable, Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order written; keys are unique texts.
        case mapping([YAMLEntry])
    }

    /// What it is, with everything below it.
    public let kind: Kind
    /// Where it begins.
    public let mark: YAMLMark

    init(_ kind: Kind, at mark: YAMLMark) {
        self.kind = kind
        self.mark = mark
    }
}

/// One `key: value` of a mapping.
public struct YAMLEntry: Hashable, Sendable {
    /// The key's text.
    public let key: String
    /// Where the key begins.
    public let keyMark: YAMLMark
    /// What stands after the colon.
    public let value: YAMLNode
}

/// A scalar as it was written.
public struct YAMLScalar: Hashable, Sendable {
    /// The text with quotes, escapes and folding resolved.
    public let text: String
    /// Whether it stood without quotes and without `|` or `>`, so that its looks decide what it is.
    public let isPlain: Bool

    /// What a scalar means by the core schema of YAML 1.2.2 (§10.3.2), read strictly: `true` and `false` in lower case only,
    /// numbers in decimal without leading zeros only. Everything else (`yes`, `on`, `0o7`, `0755`, `1_000`) is text.
    public enum Meaning: Hashable, Sendable {
        case null
        case bool(Bool)
        case integer(Int)
        /// A number with a fraction or an exponent, as written; sealift never calculates with one.
        case decimal(String)
        case text(String)
    }

    /// What the scalar means.
    public var meaning: Meaning {
        guard isPlain else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return Self.number(text) ?? .text(text)
        }
    }

    private static func number(_ text: String) -> Meaning? {
        var rest = Array(text.utf8)[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !startsWithZero else { return nil }
        if rest.isEmpty { return Int(text).map { .integer($0) } }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return nil }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digits() > 0 else { return nil }
        }
        return rest.isEmpty ? .decimal(text) : nil
    }
}
