/// Signatures taken apart and put together again, well and badly (RFC 3279 §2.2.3, X.690 §8 and §10).
enum DER {
    /// The order of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3), big-endian.
    static let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

    static func hex(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// A value with its tag and its shortest length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    static func length(_ count: Int) -> [UInt8] {
        if count < 128 { return [UInt8(count)] }
        return count < 256 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 255)]
    }

    /// An INTEGER of these bytes, whether or not they are its one spelling.
    static func integer(_ bytes: [UInt8]) -> [UInt8] { value(0x02, bytes) }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }

    /// A signature of these big-endian numbers in their one spelling.
    static func signature(_ r: [UInt8], _ s: [UInt8]) -> [UInt8] {
        sequence(integer(shortest(r)), integer(shortest(s)))
    }

    /// Without leading zeros, with one where the number would read as negative.
    static func shortest(_ number: [UInt8]) -> [UInt8] {
        let digits = Array(number.drop { $0 == 0 })
        guard let first = digits.first else { return [0] }
        return first & 0x80 == 0 ? digits : [0] + digits
    }

    /// Both numbers of a good signature, 32 bytes each.
    static func numbers(of signature: [UInt8]) -> (r: [UInt8], s: [UInt8]) {
        func number(at offset: Int) -> (bytes: [UInt8], end: Int) {
            let end = offset + 2 + Int(signature[offset + 1])
            let digits = Array(signature[(offset + 2)..<end].drop { $0 == 0 })
            return ([UInt8](repeating: 0, count: 32 - digits.count) + digits, end)
        }
        let r = number(at: 2)
        return (r.bytes, number(at: r.end).bytes)
    }

    /// `a + b` in one byte more, big-endian.
    static func sum(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        var carry = 0
        var digits: [UInt8] = []
        for (x, y) in zip(a.reversed(), b.reversed()) {
            carry += Int(x) + Int(y)
            digits.append(UInt8(carry & 255))
            carry >>= 8
        }
        return [UInt8(carry)] + digits.reversed()
    }

    /// `a - b` for `a` not less than `b`; else what is missing to 2^(8·bytes), as two's complement has it.
    static func difference(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        var borrow = 0
        var digits: [UInt8] = []
        for (x, y) in zip(a.reversed(), b.reversed()) {
            let digit = Int(x) - Int(y) - borrow
            borrow = digit < 0 ? 1 : 0
            digits.append(UInt8(digit & 255))
        }
        return digits.reversed()
    }
}
