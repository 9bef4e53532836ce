import LibCrypto
import Values

/// A key as an `account-key` assertion carries it: Base64 of 0x01 and an OpenPGP public-key packet (asserts/crypto.go).
struct AssertionKey {
    /// By this name other assertions call the key: the SHA3-384 of the decoded body.
    let id: SHA3Digest
    private let key: RSAPublicKey

    /// `nil` for any other body.
    init?(_ body: [UInt8]) {
        let text = String(decoding: body.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let bytes = Base64.decode(text), let packet = Packet(bytes, tag: 6) else { return nil }
        var reader = PacketReader(packet.content)
        // Version 4, four bytes of time, algorithm 1: RSA (RFC 4880 §5.5.2).
        guard reader.byte() == 4, reader.bytes(4) != nil, reader.byte() == 1, let modulus = reader.number(),
            let exponent = reader.number(), reader.isAtEnd, let key = RSAPublicKey(modulus: modulus, exponent: exponent)
        else { return nil }
        var context = DigestContext(.sha3_384)
        context.update(bytes.span)
        guard let id = SHA3Digest(bytes: context.finalize()) else { return nil }
        self.key = key
        self.id = id
    }

    /// Whether the signature of `assertion` is one of this key: an OpenPGP v4 signature packet of type 0 with RSA and SHA-512, over the
    /// content, the packet up to its hashed subpackets, `04 FF` and the length of that part (RFC 4880 §5.2.4).
    func signed(_ assertion: Assertion) -> Bool {
        guard let packet = Packet(assertion.signature, tag: 2) else { return false }
        var reader = PacketReader(packet.content)
        guard reader.bytes(4) == [4, 0, 1, 10], let hashed = reader.count(), reader.bytes(hashed) != nil else {
            return false
        }
        let part = Array(packet.content.prefix(6 + hashed))
        guard let other = reader.count(), reader.bytes(other) != nil, reader.bytes(2) != nil,
            let signature = reader.number(), reader.isAtEnd
        else { return false }
        let length = (0..<4).reversed().map { UInt8(truncatingIfNeeded: part.count >> (8 * $0)) }
        return key.verifies(signature, over: assertion.content + part + [0x04, 0xFF] + length)
    }
}

/// One OpenPGP packet of the new format behind the byte 0x01 (RFC 4880 §4.2.2).
private struct Packet {
    let content: [UInt8]

    init?(_ bytes: [UInt8], tag: UInt8) {
        var reader = PacketReader(bytes)
        guard reader.byte() == 1, reader.byte() == 0xC0 | tag, let first = reader.byte() else { return nil }
        let length: Int
        switch first {
        case ..<192: length = Int(first)
        case ..<224:
            guard let second = reader.byte() else { return nil }
            length = (Int(first) - 192) << 8 + Int(second) + 192
        case 255:
            guard let four = reader.bytes(4) else { return nil }
            length = four.reduce(0) { $0 << 8 | Int($1) }
        default: return nil  // partial lengths: for streams
        }
        guard let content = reader.bytes(length), reader.isAtEnd else { return nil }
        self.content = content
    }
}

/// Takes bytes off the front; `nil` when there are not so many.
private struct PacketReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func count() -> Int? { bytes(2).map { Int($0[0]) << 8 | Int($0[1]) } }

    /// A multiprecision integer: its length in bits, then its bytes (RFC 4880 §3.2).
    mutating func number() -> [UInt8]? { count().flatMap { bits in bytes((bits + 7) / 8) } }
}
