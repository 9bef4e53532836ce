/// The name of a bundle: `[a-z0-9]`, then up to 62 of `[a-z0-9-]` (docs/format.md §6).
public struct BundleName: Hashable, Sendable, CustomStringConvertible {
    /// The text as written.
    public let description: String

    /// `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard (1...63).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-") else { return nil }
        guard text.utf8.allSatisfy({ isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }) else { return nil }
        description = String(text)
    }
}

/// The version of a bundle: `[0-9A-Za-z]`, then up to 63 of `[0-9A-Za-z._+-]` (docs/format.md §6).
public struct BundleVersion: Hashable, Sendable, CustomStringConvertible {
    /// The text as written.
    public let description: String

    /// `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return nil }
        guard isLowerOrDigit(first) || isUpper(first) else { return nil }
        let others = Array("._+-".utf8)
        guard text.utf8.allSatisfy({ isLowerOrDigit($0) || isUpper($0) || others.contains($0) }) else { return nil }
        description = String(text)
    }
}

func isLowerOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
