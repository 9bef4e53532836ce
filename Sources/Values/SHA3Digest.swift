/// A SHA3-384 digest (FIPS 202), by which the snap store and its assertions know a snap: 48 bytes.
public struct SHA3Digest: Hashable, Sendable {
    /// The length of a digest, in bytes.
    public static let byteCount = 48

    /// The 48 bytes, first byte first.
    public let bytes: [UInt8]

    /// Takes exactly 48 bytes; `nil` for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Takes 96 lower-case hexadecimal digits, as the store's JSON has them; `nil` for any other text.
    public init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// Takes 64 characters of the URL alphabet without padding, as assertions have them (RFC 4648 §5); `nil` for any other text.
    public init?(base64URL text: some StringProtocol) {
        guard text.utf8.count == 64, !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
        let standard = text.utf8.map {
            $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
        }
        guard let bytes = Base64.decode(String(decoding: standard, as: UTF8.self)) else { return nil }
        self.init(bytes: bytes)
    }

    /// 96 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// 64 characters of the URL alphabet.
    public var base64URL: String {
        let text = Base64.encode(bytes).utf8.map {
            $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension SHA3Digest: CustomStringConvertible {
    /// `sha3-384:` and 96 hexadecimal digits, as sealift's lock writes it.
    public var description: String { "sha3-384:" + hex }

    /// Takes `sha3-384:` and 96 lower-case hexadecimal digits; `nil` for any other text.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix("sha3-384:") else { return nil }
        self.init(hex: text.dropFirst(9))
    }
}
