/// Base64 with the standard alphabet and padding (RFC 4648 §4), without line breaks.
public enum Base64 {
    private static let alphabet: [UInt8] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// `bytes` as padded text.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.underestimatedCount + 2) / 3 * 4)
        encode(bytes) { text.append($0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Gives the padded text of `bytes` to `emit`, character by character; for secrets, which must not lie about in arrays.
    public static func encode(_ bytes: some Sequence<UInt8>, emit: (UInt8) -> Void) {
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            for shift in [18, 12, 6, 0] as [UInt32] { emit(alphabet[Int(group >> shift & 63)]) }
            (group, held) = (0, 0)
        }
        guard held > 0 else { return }
        group <<= held == 1 ? 16 : 8
        emit(alphabet[Int(group >> 18 & 63)])
        emit(alphabet[Int(group >> 12 & 63)])
        emit(held == 1 ? padding : alphabet[Int(group >> 6 & 63)])
        emit(padding)
    }

    /// The bytes that `text` spells; `nil` for any other alphabet, missing or surplus padding, or unused bits that are not zero.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        return decode(text.utf8) { bytes.append($0) } ? bytes : nil
    }

    /// Gives the bytes that `text` spells to `emit`; `false` as soon as the text is not Base64, what was emitted is then void.
    public static func decode(_ text: some Sequence<UInt8>, emit: (UInt8) -> Void) -> Bool {
        var group: UInt32 = 0
        var (held, padded) = (0, 0)
        for character in text {
            if character == padding {
                padded += 1
                continue
            }
            guard padded == 0, let value = value(of: character) else { return false }
            group = group << 6 | UInt32(value)
            held += 1
            guard held == 4 else { continue }
            for shift in [16, 8, 0] as [UInt32] { emit(UInt8(truncatingIfNeeded: group >> shift)) }
            (group, held) = (0, 0)
        }
        return finish(group, held: held, padded: padded, emit: emit)
    }

    /// The last group: two characters carry one byte, three carry two; the bits left over must be zero.
    private static func finish(_ group: UInt32, held: Int, padded: Int, emit: (UInt8) -> Void) -> Bool {
        switch (held, padded) {
        case (0, 0): return true
        case (2, 2) where group & 0xF == 0:
            emit(UInt8(truncatingIfNeeded: group >> 4))
            return true
        case (3, 1) where group & 0x3 == 0:
            emit(UInt8(truncatingIfNeeded: group >> 10))
            emit(UInt8(truncatingIfNeeded: group >> 2))
            return true
        default: return false
        }
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
