import LibZstdEncoder
import Posix

/// Encoders of one level, one for each thread that is encoding; made when first needed and used again.
final class EncoderPool: Sendable {
    private let level: Int
    private let idle = Monitor<[Encoder]>([])

    /// Unchecked: an encoder is in the pool or with one thread, handed over through the pool's lock.
    private final class Encoder: @unchecked Sendable {
        var frames: FrameEncoder
        init(level: Int) { frames = FrameEncoder(level: level) }
    }

    init(level: Int) { self.level = level }

    /// Encodes the filled part of `plain` as one frame into `frame`, and sets the latter's count.
    func encode(_ plain: Buffer, into frame: Buffer) throws(ZstdEncoderError) {
        let encoder = idle.withLock { $0.popLast() } ?? Encoder(level: level)
        frame.count = try unsafe encoder.frames.encode(plain.filled, into: frame.bytes)
        idle.withLock { $0.append(encoder) }
    }
}
