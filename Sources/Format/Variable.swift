/// A value that a site gives, asked for at install time (docs/format.md §9).
public struct Variable: Hashable, Sendable {
    /// `[A-Z][A-Z0-9_]{0,63}`, unique among the variables of any one role.
    public var name: String
    /// What its value must look like.
    public var type: VariableType
    /// The question put to a person.
    public var ask: String
    /// Whether a site must give a value, unless ``defaultValue`` is there.
    public var required: Bool
    /// Used when nothing is given; never for a secret.
    public var defaultValue: String?
    /// The roles whose machines are asked.
    public var roles: RoleScope
    /// The words of an ``VariableType/enumeration``, in the order in which they are shown; of no other type.
    public var values: [String]

    /// All members, as they stand.
    public init(
        name: String, type: VariableType, ask: String, required: Bool = true, defaultValue: String? = nil,
        roles: RoleScope = .all, values: [String] = []
    ) {
        self.name = name
        self.type = type
        self.ask = ask
        self.required = required
        self.defaultValue = defaultValue
        self.roles = roles
        self.values = values
    }

    /// Whether `text` can be its value.
    public func accepts(_ text: String) -> Bool {
        type.accepts(text) && (type != .enumeration || values.contains(text))
    }

    /// What a value must be, for the sentence `"x" is not …`.
    public var expectation: String {
        type == .enumeration ? "one of \(values.joined(separator: ", "))" : type.expectation
    }

    /// Whether `text` can be a variable's name.
    public static func isName(_ text: some StringProtocol) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first, isUpper(first) else { return false }
        return text.utf8.allSatisfy {
            isUpper($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
}
