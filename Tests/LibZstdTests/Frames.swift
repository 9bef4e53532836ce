import LibZstd
import LibZstdEncoder

/// Frames for tests: made by the encoder, or by hand from RFC 8878.
enum Frames {
    /// Text that shrinks, `count` bytes.
    static func text(_ count: Int) -> [UInt8] {
        let words = Array("the quick brown fox jumps over the lazy dog; ".utf8)
        return (0..<count).map { words[$0 % words.count] }
    }

    /// Bytes that do not shrink: an xorshift generator.
    static func noise(_ count: Int, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) -> [UInt8] {
        var state = seed
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    static func encoded(_ plain: [UInt8], level: Int = 3) throws -> [UInt8] {
        var encoder = FrameEncoder(level: level)
        return try encoded(plain, with: &encoder)
    }

    static func encoded(_ plain: [UInt8], with encoder: inout FrameEncoder) throws -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: FrameEncoder.bound(plain.count))
        let length = try plain.withUnsafeBytes { plain in
            try frame.withUnsafeMutableBytes { frame in try encoder.encode(plain, into: frame) }
        }
        return Array(frame[..<length])
    }

    static func decoded(_ frame: [UInt8], size: Int) throws -> [UInt8] {
        var decoder = FrameDecoder()
        return try decoded(frame, size: size, with: &decoder)
    }

    static func decoded(_ frame: [UInt8], size: Int, with decoder: inout FrameDecoder) throws -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: size)
        let length = try frame.withUnsafeBytes { frame in
            try plain.withUnsafeMutableBytes { plain in try decoder.decode(frame, into: plain) }
        }
        return Array(plain[..<length])
    }

    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// A last raw block (RFC 8878 §3.1.1.2): bit 0 last, bits 1–2 type 0, then the size.
    static func rawBlock(_ content: [UInt8]) -> [UInt8] {
        let header = UInt32(content.count) << 3 | 1
        return [0, 8, 16].map { UInt8(truncatingIfNeeded: header >> $0) } + content
    }

    /// Window descriptor of 2^`log` bytes (RFC 8878 §3.1.1.1.2).
    static func window(log: UInt8) -> UInt8 { (log - 10) << 3 }

    /// A frame of one raw block with a content size of eight bytes and a window.
    static func byHand(window: UInt8, content: [UInt8], stated: UInt64? = nil) -> [UInt8] {
        let size = stated ?? UInt64(content.count)
        return magic + [0xC0, window] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + rawBlock(content)
    }
}
