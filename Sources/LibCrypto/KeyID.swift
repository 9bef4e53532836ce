public import Values

/// The short name of a public key: the first 16 hexadecimal digits of SHA-256 over its SPKI DER (docs/format.md, "Signatures").
///
/// It names files. It never decides trust: that is the whole fingerprint's part.
public struct KeyID: Hashable, Sendable {
    /// 16 lower-case hexadecimal digits.
    public let text: String

    /// The length of the text.
    public static let length = 16

    /// The name of the key with this fingerprint.
    public init(fingerprint: SHA256Digest) { text = String(fingerprint.hex.prefix(Self.length)) }

    /// Takes 16 lower-case hexadecimal digits; `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.length, Hex.decode(text) != nil else { return nil }
        self.text = String(text)
    }
}

extension KeyID: CustomStringConvertible {
    /// The 16 digits.
    public var description: String { text }
}

extension KeyID: Comparable {
    /// Order of the digits, the order of files in a bundle.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}
