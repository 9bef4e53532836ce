public import LibCrypto
import Values

/// A key that this site trusts, known from elsewhere than the bundle (design §4).
public struct Pin: Hashable, Sendable {
    /// How much of the key is known.
    public enum Trust: Hashable, Sendable {
        /// All of it.
        case key(PublicKey)
        /// The first 32 to 64 hexadecimal digits of its fingerprint; the key itself is taken from the bundle and compared.
        case fingerprint(String)
    }

    /// The key, or how it begins.
    public let trust: Trust
    /// Where the pin came from, as a person would say it: `--key site.pub`.
    public let origin: String

    /// Trusts a whole key.
    public init(_ key: PublicKey, origin: String) {
        trust = .key(key)
        self.origin = origin
    }

    /// The fewest digits of a fingerprint that are accepted: 128 bits.
    public static let minimumDigits = 32

    /// Trusts the key whose fingerprint begins like `text`: `SHA256:` (may be left out) and 32 to 64 hexadecimal digits, in
    /// groups if that is how they were written down. `nil` for any other text.
    public init?(fingerprint text: String, origin: String) {
        let body = text.uppercased().hasPrefix("SHA256:") ? text.dropFirst(7) : text[...]
        let digits = body.lowercased().filter { $0 != " " && $0 != "-" }
        guard (Self.minimumDigits...64).contains(digits.utf8.count) else { return nil }
        guard digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        trust = .fingerprint(digits)
        self.origin = origin
    }

    /// The name under which a bundle keeps this key's signature.
    public var keyID: KeyID? { KeyID(digits.prefix(KeyID.length)) }

    /// What is known of the key's fingerprint: 32 to 64 lower-case hexadecimal digits.
    public var digits: String {
        switch trust {
        case .key(let key): key.fingerprint.hex
        case .fingerprint(let digits): digits
        }
    }

    /// Whether this is a pin of `key`.
    public func matches(_ key: PublicKey) -> Bool { key.fingerprint.hex.hasPrefix(digits) }
}
