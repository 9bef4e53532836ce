/// As much of DER as keys and signatures take (X.690 §8, §10).
enum DERWriter {
    /// AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279 §2.3.1).
    static let rsaEncryption: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]

    /// An object identifier, by its bytes.
    static func identifier(_ bytes: [UInt8]) -> [UInt8] { element(0x06, bytes) }

    static func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

    /// A number that is not negative: a zero byte goes before a high bit.
    static func integer(_ bytes: [UInt8]) -> [UInt8] {
        element(0x02, (bytes.first.map { $0 >= 0x80 } ?? true ? [0] : []) + bytes)
    }

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    private static func length(_ count: Int) -> [UInt8] {
        switch count {
        case ..<0x80: [UInt8(count)]
        case ..<0x100: [0x81, UInt8(count)]
        case ..<0x1_0000: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: [0x83, UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        }
    }
}
