/// What people call a key: `anna`, `build-server.2`, `root@berlin`.
///
/// 1 to 64 letters, digits, `.`, `_`, `-` and `@` of ASCII, of which the first is a letter or digit (docs/format.md §5.2). It says nothing
/// about trust: keys are told apart by their bytes.
public struct KeyName: Hashable, Sendable {
    /// The text as written.
    public let text: String

    /// The longest name, in bytes.
    public static let maximumLength = 64

    /// `nil` for a text that is no name.
    public init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), let first = text.utf8.first,
            Self.isAlphanumeric(first),
            text.utf8.allSatisfy({ Self.isAlphanumeric($0) || Self.marks.contains($0) })
        else { return nil }
        self.text = text
    }

    private static let marks = Array("._-@".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

extension KeyName: Comparable, CustomStringConvertible {
    /// Order of bytes.
    public static func < (left: Self, right: Self) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }

    /// The name itself.
    public var description: String { text }
}
