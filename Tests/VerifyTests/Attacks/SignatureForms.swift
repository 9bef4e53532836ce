import LibCrypto
import Reporting
import Values

/// A name for people, and the bytes that stand where the signature should.
struct SignatureForm {
    let name: String
    let bytes: [UInt8]
    /// How verifying must end; `done` where a rule accepts the form.
    var exit: ExitCode = .notTrusted

    init(_ name: String, _ bytes: [UInt8], _ exit: ExitCode = .notTrusted) {
        self.name = name
        self.bytes = bytes
        self.exit = exit
    }

    /// What is wrong with the signature of any algorithm: `good` is one that verifies.
    static func ofAny(_ good: [UInt8]) -> [SignatureForm] {
        let base64 = Array(Base64.encode(good).utf8)
        let urlSafe = base64.map { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 }
        let digits = Hex.encode(good)
        return [
            .init("the good one", good, .done), .init("nothing", []), .init("a zero byte", [0]),
            .init("a line feed", [0x0A]),
            .init("in Base64", base64), .init("in Base64 with a line feed", base64 + [0x0A]),
            .init("in Base64 for URLs", urlSafe), .init("in Base64 without padding", base64.filter { $0 != 0x3D }),
            .init("in hexadecimal digits", Array(digits.utf8)),
            .init("in capital hexadecimal digits", Array(digits.uppercased().utf8)),
            .init(
                "as PEM",
                Array("-----BEGIN SIGNATURE-----\n".utf8) + base64 + Array("\n-----END SIGNATURE-----\n".utf8)),
            .init("as a JSON string", Array("\"".utf8) + base64 + Array("\"".utf8)),
            .init("behind a byte order mark", [0xEF, 0xBB, 0xBF] + good), .init("behind a zero", [0] + good),
            .init("with a line feed", good + [0x0A]), .init("with a line end of Windows", good + [0x0D, 0x0A]),
            .init("with a zero", good + [0]), .init("with a blank", good + [0x20]), .init("twice", good + good),
            .init("backwards", good.reversed()), .init("turned inside out", good.map { ~$0 }),
            .init("zeros of its length", good.map { _ in 0 }), .init("ones of its length", good.map { _ in 0xFF }),
            .init("in UTF-16", good.flatMap { [$0, 0] }),
            .init("first half twice", Array(good[..<(good.count / 2)] + good[..<(good.count / 2)])),
            .init("1 024 zeros", [UInt8](repeating: 0, count: 1_024)),
            .init("good, filled up to 1 024 bytes", good + [UInt8](repeating: 0, count: 1_024 - good.count)),
            .init("good, filled up to 1 025 bytes", good + [UInt8](repeating: 0, count: 1_025 - good.count), .damaged),
            .init("1 MiB", [UInt8](repeating: 0x30, count: 1 << 20), .damaged),
            .init("the size of an RSA signature", [UInt8](repeating: 0x5A, count: 256)),
        ]
    }

    /// Encodings and numbers of ECDSA that are not the one spelling of a signature.
    static func ofECDSA(_ good: [UInt8]) -> [SignatureForm] {
        let (r, s) = DER.numbers(of: good)
        let zero = [UInt8](repeating: 0, count: 32)
        let one: [UInt8] = zero.dropLast() + [1]
        return encodings(good, r, s) + [
            // Whoever has a signature can make this one; it is accepted by rule: bundles are named by their root, never by a signature.
            .init("n - s for s, as anybody can", DER.signature(r, DER.difference(DER.order, s)), .done),
            .init("r and s swapped", DER.signature(s, r)), .init("r is zero", DER.signature(zero, s)),
            .init("s is zero", DER.signature(r, zero)), .init("both are zero", DER.signature(zero, zero)),
            .init("both are one", DER.signature(one, one)), .init("r is one", DER.signature(one, s)),
            .init("s is one", DER.signature(r, one)), .init("r twice", DER.signature(r, r)),
            .init("r is n", DER.signature(DER.order, s)), .init("s is n", DER.signature(r, DER.order)),
            .init("both are n", DER.signature(DER.order, DER.order)),
            .init("r + n for r", DER.signature(DER.sum(r, DER.order), s)),
            .init("s + n for s", DER.signature(r, DER.sum(s, DER.order))),
            .init("n - r for r", DER.signature(DER.difference(DER.order, r), s)),
            .init("2^256 - 1 for r", DER.signature(zero.map { _ in 0xFF }, s)),
            .init("2^256 - 1 for s", DER.signature(r, zero.map { _ in 0xFF })),
            .init("-r for r", DER.sequence(negative(r), DER.integer(DER.shortest(s)))),
            .init("-s for s", DER.sequence(DER.integer(DER.shortest(r)), negative(s))),
            .init("both are negative", DER.sequence(negative(r), negative(s))),
            .init("r of 900 bytes", DER.signature([UInt8](repeating: 7, count: 900), s)),
            .init("s of 900 bytes", DER.signature(r, [UInt8](repeating: 7, count: 900))),
            .init("the point at infinity's numbers", DER.signature(DER.order, zero)),
            .init("r beside s, without DER", r + s), .init("s beside r, without DER", s + r),
            .init("r beside s, with a 4 in front", [4] + r + s),
        ]
    }

    private static func negative(_ number: [UInt8]) -> [UInt8] {
        let zero = [UInt8](repeating: 0, count: 33)
        return DER.integer(DER.difference(zero, [0] + number))
    }

    private static func encodings(_ good: [UInt8], _ r: [UInt8], _ s: [UInt8]) -> [SignatureForm] {
        let (r, s) = (DER.integer(DER.shortest(r)), DER.integer(DER.shortest(s)))
        let body = r + s
        func padded(_ integer: [UInt8], _ zeros: Int) -> [UInt8] {
            DER.integer([UInt8](repeating: 0, count: zeros) + integer.dropFirst(2))
        }
        let count = UInt8(body.count)
        return [
            .init("r with a zero in front", DER.sequence(padded(r, 1), s)),
            .init("s with a zero in front", DER.sequence(r, padded(s, 1))),
            .init("r with nine zeros in front", DER.sequence(padded(r, 9), s)),
            .init("the length in two bytes", [0x30, 0x81, count] + body),
            .init("the length in three bytes", [0x30, 0x82, 0, count] + body),
            .init("the length in nine bytes", [0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, count] + body),
            .init("no length, an end mark", [0x30, 0x80] + body + [0, 0]),
            .init("no length, no end mark", [0x30, 0x80] + body),
            .init("r's length in two bytes", DER.sequence([2, 0x81, r[1]] + r.dropFirst(2), s)),
            .init("s's length in two bytes", DER.sequence(r, [2, 0x81, s[1]] + s.dropFirst(2))),
            .init("a length one short", [0x30, count - 1] + body),
            .init("a length one long", [0x30, count + 1] + body),
            .init("length zero", [0x30, 0] + body), .init("a length of 2^31", [0x30, 0x84, 0x80, 0, 0, 0] + body),
            .init("a length of 2^64 - 1", [0x30, 0x88] + [UInt8](repeating: 0xFF, count: 8) + body),
            .init("a length in 127 bytes", [0x30, 0xFF] + [UInt8](repeating: 0, count: 126) + [count] + body),
            .init("r's length runs over s", DER.sequence([2, UInt8(body.count)], Array(r.dropFirst(2)), s)),
            .init("a zero within, at the end", DER.sequence(r, s, [0])),
            .init("a NULL within", DER.sequence(r, s, [5, 0])),
            .init("a third number", DER.sequence(r, s, DER.integer([1]))), .init("r alone", DER.sequence(r)),
            .init("r, then nothing", DER.sequence(r, [2, 0])), .init("no numbers", DER.sequence()),
            .init("numbers of no bytes", DER.sequence([2, 0], [2, 0])), .init("numbers without a sequence", body),
            .init("a SET", DER.value(0x31, body)), .init("a primitive sequence", DER.value(0x10, body)),
            .init("a sequence of the application", DER.value(0x70, body)),
            .init("a tag of two bytes", [0x3F, 0x10, count] + body),
            .init("octets for r", DER.sequence([4] + r.dropFirst(), s)),
            .init("octets for s", DER.sequence(r, [4] + s.dropFirst())),
            .init("an ENUMERATED for r", DER.sequence([10] + r.dropFirst(), s)),
            .init("a constructed number", DER.sequence([0x22, UInt8(r.count)] + r, s)),
            .init("a sequence in a sequence", DER.sequence(good)), .init("in octets", DER.value(4, good)),
            .init("in bits", DER.value(3, [0] + good)), .init("in a context tag", DER.value(0xA0, good)),
            .init(
                "behind an algorithm",
                DER.sequence(DER.sequence(DER.hex("06082a8648ce3d040302")), DER.value(3, [0] + good))),
            .init("a NULL first", DER.sequence([5, 0], r, s)), .init("only a tag", [0x30]),
        ]
    }
}

extension SignatureForm {
    /// The order of Ed25519's group (RFC 8032 §5.1), little-endian.
    private static let groupOrder = DER.hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    /// Encodings of the points of small order, canonical and not ("Taming the many EdDSAs", table 6).
    private static let smallPoints = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ].map(DER.hex)

    /// Signatures of Ed25519 that are not the one that its key makes (RFC 8032 §5.1.7).
    static func ofEd25519(_ good: [UInt8]) -> [SignatureForm] {
        let (point, scalar) = (Array(good.prefix(32)), Array(good.suffix(32)))
        let zero = [UInt8](repeating: 0, count: 32)
        let larger = Array(DER.sum(scalar.reversed(), groupOrder.reversed()).dropFirst().reversed())
        var forms: [SignatureForm] = [
            .init("S + L for S", point + larger), .init("S is L", point + groupOrder), .init("S is zero", point + zero),
            .init("S is 2^256 - 1", point + zero.map { _ in 0xFF }), .init("R is zero", zero + scalar),
            .init("L - S for S", point + DER.difference(groupOrder.reversed(), scalar.reversed()).reversed()),
            .init("S beside R", scalar + point), .init("R alone", point), .init("S alone", scalar),
            .init(
                "in DER, as ECDSA has it",
                DER.sequence(DER.integer(DER.shortest(point)), DER.integer(DER.shortest(scalar)))),
            .init("in octets", DER.value(4, good)), .init("in bits", DER.value(3, [0] + good)),
            .init("the other sign of R", point.dropLast() + [point[31] ^ 0x80] + scalar),
        ]
        for bit in 4...7 {
            forms.append(.init("bit \(bit) of S's last byte", good.dropLast() + [good[63] | 1 << UInt8(bit)]))
        }
        for (number, small) in smallPoints.enumerated() {
            forms.append(.init("small point \(number) and zero", small + zero))
            forms.append(.init("small point \(number) and S", small + scalar))
        }
        return forms
    }
}
