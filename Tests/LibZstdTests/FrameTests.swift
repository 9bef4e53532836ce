import LibZstd
import LibZstdEncoder
import Testing

@Suite struct FrameTests {
    @Test(arguments: [0, 1, 255, 256, 131_072, 131_073, 1_500_000], [1, 3, 9])
    func `what was encoded decodes to the same bytes`(count: Int, level: Int) throws {
        for plain in [Frames.text(count), Frames.noise(count)] {
            let frame = try Frames.encoded(plain, level: level)
            #expect(try Frames.decoded(frame, size: count) == plain)
            #expect(frame.count <= FrameEncoder.bound(count))
        }
    }

    @Test(arguments: FrameEncoder.levels)
    func `every level keeps the rules of a chunk`(level: Int) throws {
        let plain = Frames.text(40_000) + Frames.noise(30_000)
        let frame = try Frames.encoded(plain, level: level)
        #expect(try Frames.decoded(frame, size: plain.count) == plain)
        #expect(frame[4] & 0b0000_0111 == 0, "no checksum field, no dictionary id")
        #expect(frame[4] & 0b1110_0000 != 0, "content size stated")
    }

    @Test func `a used context gives the same frame as a new one`() throws {
        var encoder = FrameEncoder(level: 3)
        var decoder = FrameDecoder()
        let (text, noise) = (Frames.text(200_000), Frames.noise(90_000))
        let first = try Frames.encoded(text, with: &encoder)
        for plain in [noise, text, [], text] {
            let frame = try Frames.encoded(plain, with: &encoder)
            #expect(try Frames.encoded(plain) == frame)
            #expect(try Frames.decoded(frame, size: plain.count, with: &decoder) == plain)
        }
        #expect(try Frames.encoded(text, with: &encoder) == first)
    }

    @Test func `a decoder that refused a frame still decodes the next one`() throws {
        var decoder = FrameDecoder()
        let plain = Frames.text(5_000)
        let frame = try Frames.encoded(plain)
        #expect(throws: ZstdError.truncated) {
            _ = try Frames.decoded(frame.dropLast(), size: plain.count, with: &decoder)
        }
        #expect(try Frames.decoded(frame, size: plain.count, with: &decoder) == plain)
    }

    @Test(arguments: [3, 19])
    func `what does not shrink is kept as raw blocks`(level: Int) throws {
        let plain = Frames.noise(300_000)
        let frame = try Frames.encoded(plain, level: level)
        // 128 KiB blocks of three bytes of header each, and a frame header of at most 14 bytes.
        #expect(frame.count <= plain.count + 3 * 3 + 14)
        #expect(frame.suffix(300_000 - 2 * 131_072).elementsEqual(plain.suffix(300_000 - 2 * 131_072)))
    }

    @Test func `a slow level takes the quick way only for bytes that do not shrink`() throws {
        let (noise, text) = (Frames.noise(1_200_000), Frames.text(1_200_000))
        #expect(try Frames.encoded(noise, level: 12) == Frames.encoded(noise, level: 1))
        #expect(try Frames.encoded(text, level: 12) != Frames.encoded(text, level: 1))
    }

    @Test func `the library names its version`() {
        #expect(FrameEncoder.libraryVersion.hasPrefix("1."))
    }
}
