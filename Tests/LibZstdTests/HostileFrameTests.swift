import LibZstd
import Testing
import Values

@Suite struct HostileFrameTests {
    private static let plain = Frames.text(1_000)
    private static let window20 = Frames.window(log: 20)

    @Test func `a frame made by hand is accepted, so the ones below fail for what they say`() throws {
        #expect(
            try Frames.decoded(Frames.byHand(window: Self.window20, content: Self.plain), size: 1_000) == Self.plain)
        let largest = Frames.byHand(window: Frames.window(log: 23), content: Self.plain)
        #expect(try Frames.decoded(largest, size: 1_000) == Self.plain)
    }

    @Test(arguments: [
        ("nothing", [], ZstdError.truncated),
        ("half a magic number", [0x28, 0xB5], .truncated),
        ("gzip", [0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00], .notAFrame),
        ("zeros", [UInt8](repeating: 0, count: 32), .notAFrame),
        ("a skippable frame", [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], .skippable),
        ("the last skippable frame", [0x5F, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 2], .skippable),
        (
            "a skippable frame, then a good one",
            [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 7] + Frames.byHand(window: window20, content: plain), .skippable
        ),
        ("a byte behind the frame", Frames.byHand(window: window20, content: plain) + [0], .surplus(1)),
        (
            "a skippable frame behind the frame",
            Frames.byHand(window: window20, content: plain) + [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], .surplus(8)
        ),
        (
            "two frames",
            Frames.byHand(window: window20, content: plain) + Frames.byHand(window: window20, content: []),
            .surplus(17)
        ),
        (
            "a content size of one more",
            Frames.byHand(window: window20, content: plain, stated: 1_001),
            .contentSizeDiffers(stated: 1_001, wanted: 1_000)
        ),
        (
            "the greatest content size",
            Frames.byHand(window: window20, content: plain, stated: .max - 2),
            .contentSizeDiffers(stated: .max - 2, wanted: 1_000)
        ),
        ("no content size", Frames.magic + [0x00, window20] + Frames.rawBlock(plain), .contentSizeMissing),
        (
            "a window of 2^24", Frames.byHand(window: Frames.window(log: 24), content: plain),
            .windowTooLarge(1 << 24, limit: 8_388_608)
        ),
        (
            "a window of 8 MiB and an eighth", Frames.byHand(window: Frames.window(log: 23) | 1, content: plain),
            .windowTooLarge(9_437_184, limit: 8_388_608)
        ),
        (
            "a window of 2^31", Frames.byHand(window: Frames.window(log: 31), content: plain),
            .windowTooLarge(1 << 31, limit: 8_388_608)
        ),
        (
            "a dictionary",
            Frames.magic + [0x41, window20, 0x07, 0xE8, 0x02] + Frames.rawBlock(plain), .dictionary(id: 7)
        ),
    ])
    func `is refused:`(name: String, frame: [UInt8], error: ZstdError) {
        #expect(throws: error) { try Frames.decoded(frame, size: 1_000) }
    }

    @Test func `a single segment of more than 8 MiB is refused, for its window is its content`() {
        let frame = Frames.magic + [0xE0] + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(8_388_609) >> (8 * $0)) }
        #expect(throws: ZstdError.windowTooLarge(8_388_609, limit: 8_388_608)) {
            try Frames.decoded(frame + Frames.rawBlock([]), size: 8_388_609)
        }
    }

    @Test func `blocks that hold less than stated are refused`() {
        let frame = Frames.byHand(window: Self.window20, content: Self.plain, stated: 2_000)
        #expect(throws: ZstdError.self) { try Frames.decoded(frame, size: 2_000) }
    }

    @Test func `blocks that hold more than stated are refused`() {
        let frame = Frames.byHand(window: Self.window20, content: Self.plain, stated: 999)
        #expect(throws: ZstdError.self) { try Frames.decoded(frame, size: 999) }
    }

    @Test(arguments: [999, 1_001, 0])
    func `a good frame is refused when another size was signed`(size: Int) throws {
        let frame = try Frames.encoded(Self.plain)
        #expect(throws: ZstdError.contentSizeDiffers(stated: 1_000, wanted: ByteCount(size))) {
            try Frames.decoded(frame, size: size)
        }
    }

    @Test func `every prefix of a frame is refused`() throws {
        let frame = try Frames.encoded(Self.plain + Frames.noise(300))
        for length in 0..<frame.count {
            #expect(throws: ZstdError.self, "\(length)") { try Frames.decoded(Array(frame[..<length]), size: 1_300) }
        }
    }

    @Test func `no flipped bit makes it crash, or write past its buffer`() throws {
        let plain = Self.plain + Frames.noise(100)
        let frame = try Frames.encoded(plain)
        var decoder = FrameDecoder()
        for index in frame.indices {
            for bit in 0..<8 {
                var flipped = frame
                flipped[index] ^= 1 << bit
                // Without a checksum field a flip may decode to other bytes; the chunk's digest is checked before.
                _ = try? Frames.decoded(flipped, size: plain.count, with: &decoder)
            }
        }
        #expect(try Frames.decoded(frame, size: plain.count, with: &decoder) == plain)
    }
}
