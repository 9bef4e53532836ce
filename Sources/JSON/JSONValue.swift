/// A JSON value (RFC 8259). There are no floating-point numbers: nothing that sealift signs needs one, and they have no
/// single spelling.
///
/// Two values are equal when their strings have the same bytes and their objects the same members in the same order;
/// Unicode's canonical equivalence plays no part.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A whole number within ±(2^53 - 1), see ``JSONValue/largestInteger``.
    case integer(Int)
    /// Any other number, by its text as it stood in a foreign document. The strict dialect never makes one.
    case number(String)
    /// Text without its quotes and escapes.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in order.
    case object(JSONObject)

    /// 2^53 - 1: every whole number up to it means the same to every JSON reader (RFC 8259 §6, RFC 7493 §2.2).
    public static let largestInteger = 9_007_199_254_740_991
}

extension JSONValue: Hashable {
    /// Whether both sides are the same value, byte for byte.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.number(let a), .number(let b)): sameBytes(a, b)
        case (.string(let a), .string(let b)): sameBytes(a, b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }

    /// Feeds the value to `hasher`. Strings that are only canonically equivalent hash alike, which is allowed.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        case .number(let text), .string(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

extension JSONValue {
    /// What kind of value this is, in words for a message: `a string`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The text of a string; `nil` for any other kind.
    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The whole number; `nil` for any other kind.
    public var integerValue: Int? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// The Boolean; `nil` for any other kind.
    public var boolValue: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The elements of an array; `nil` for any other kind.
    public var arrayValue: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object; `nil` for any other kind.
    public var objectValue: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The member called `key`; `nil` when there is none or this is no object.
    public subscript(_ key: String) -> JSONValue? { objectValue?[key] }
}

/// Whether `left` and `right` are the same bytes. String's own `==` also lets canonically equivalent texts pass.
func sameBytes(_ left: String, _ right: String) -> Bool {
    left == right && left.utf8.elementsEqual(right.utf8)
}
