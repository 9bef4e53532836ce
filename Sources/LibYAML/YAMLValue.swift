/// A value without its place: what a definition hands through to a file, and what sealift writes.
public indirect enum YAMLValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Stands without quotes as it is: a number with a fraction or an exponent, or a place that a template fills.
    case bare(String)
    case string(String)
    case list([YAMLValue])
    case map([YAMLMember])
}

/// One `key: value` of a ``YAMLValue/map(_:)``.
public struct YAMLMember: Hashable, Sendable {
    /// The key.
    public let key: String
    /// The value.
    public let value: YAMLValue

    /// A member by key and value.
    public init(_ key: String, _ value: YAMLValue) {
        self.key = key
        self.value = value
    }
}

extension YAMLNode {
    /// The node and everything below it without places.
    public var value: YAMLValue {
        switch kind {
        case .sequence(let nodes): .list(nodes.map(\.value))
        case .mapping(let entries): .map(entries.map { YAMLMember($0.key, $0.value.value) })
        case .scalar(let scalar):
            switch scalar.meaning {
            case .null: .null
            case .bool(let value): .bool(value)
            case .integer(let value): .integer(value)
            case .decimal(let text): .bare(text)
            case .text(let text): .string(text)
            }
        }
    }
}

extension YAMLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
