/// The byte classes of the reference grammar. ASCII only, whatever the locale says.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerAlphanumeric(byte) || isUpper(byte) }
    static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
    /// Printable and not a space.
    static func isGraphic(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

    /// The text before the first `separator`, and what follows it when there is one.
    static func cut(_ text: String, at separator: Unicode.Scalar) -> (head: String, tail: String?) {
        guard let index = text.unicodeScalars.firstIndex(of: separator) else { return (text, nil) }
        return (String(text[..<index]), String(text[text.unicodeScalars.index(after: index)...]))
    }
}
