/// A SHA-256 digest (FIPS 180-4): 32 bytes, compared and hashed by value.
public struct SHA256Digest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The length of a digest, in bytes.
    public static let byteCount = 32

    /// Takes exactly 32 bytes; `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// Takes 64 lower-case hexadecimal digits; `nil` for any other text.
    public init?(hex: some StringProtocol) {
        guard hex.utf8.count == 2 * Self.byteCount, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes, first byte first.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// Whether all 32 bytes are the same.
    public static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Feeds half of the digest to `hasher`: the bytes of a digest are as good as random.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

extension SHA256Digest: CustomStringConvertible {
    /// `sha256:` and 64 hexadecimal digits, as OCI and sealift's lock write it.
    public var description: String { "sha256:" + hex }

    /// Takes `sha256:` and 64 lower-case hexadecimal digits; `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix("sha256:") else { return nil }
        self.init(hex: text.dropFirst(7))
    }
}
