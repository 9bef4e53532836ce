public import Values

/// Why bytes are not an accepted JSON document, or why a document is not what its reader expects.
public enum JSONError: Error, Hashable, Sendable {
    /// The text itself is refused at `position`.
    case text(JSONRefusal, at: JSONPosition)
    /// The document is longer than its reader accepts.
    case tooLarge(ByteCount, limit: ByteCount)
    /// The object at `path` lacks the member `key`.
    case missing(key: String, path: String)
    /// The value at `path` is of another kind.
    case wrongKind(path: String, expected: String, found: String)
    /// The object at `path` has members that its reader does not know.
    case unknownKeys([String], path: String)
    /// The value at `path` is of the right kind, but is not `expected`.
    case invalid(path: String, expected: String, found: String)
}

/// Where in a document.
public struct JSONPosition: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, counting Unicode scalars.
    public let column: Int
    /// Bytes before it.
    public let offset: Int
    /// The innermost value that had begun, as a JSON path: `$.images[2]`.
    public let path: String

    /// Takes all four as they are.
    public init(line: Int, column: Int, offset: Int, path: String) {
        self.line = line
        self.column = column
        self.offset = offset
        self.path = path
    }
}

/// What is wrong with the text of a document.
public enum JSONRefusal: Hashable, Sendable {
    /// It begins with a byte order mark (RFC 8259 §8.1).
    case byteOrderMark
    /// It ends before the value does.
    case unexpectedEnd
    /// This byte cannot stand here; `expected` says what can.
    case unexpectedByte(UInt8, expected: String)
    /// Something follows the one value.
    case trailingText
    /// More levels of arrays and objects than `limit`.
    case tooDeep(limit: Int)
    /// The object has this key already.
    case duplicateKey(String)
    /// The bytes of a string are not well-formed UTF-8.
    case notUTF8
    /// A byte below 0x20 stands in a string without an escape (RFC 8259 §7).
    case controlByte(UInt8)
    /// Not one of the escapes of RFC 8259 §7.
    case badEscape
    /// Half of a surrogate pair.
    case loneSurrogate
    /// A number with a needless zero in front.
    case leadingZero
    /// `-0`, a second spelling of 0. Strict dialect only.
    case negativeZero
    /// A number with a fraction or an exponent. Strict dialect only.
    case notWhole
    /// A whole number beyond ±(2^53 - 1). Strict dialect only.
    case outOfRange(String)
}
