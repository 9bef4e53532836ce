internal import CLibZstd

/// Encodes chunks as zstd frames (RFC 8878). Owns one `ZSTD_CCtx`, used again for every frame.
///
/// A frame states its content size and has a window of at most 8 MiB, no dictionary and no checksum field. Its bytes depend
/// on the plain bytes, the level and the version of libzstd, and on nothing else.
@safe public struct FrameEncoder: ~Copyable {
    private let context: OpaquePointer
    private let level: Int32

    /// The levels that libzstd knows without its fast modes.
    public static let levels = 1...22
    /// The largest window, as a power of two (docs/format.md, "Chunks").
    private static let windowLogLimit: UInt32 = 23

    /// Makes an encoder for one thread.
    ///
    /// - Precondition: `level` is in ``levels``.
    public init(level: Int) {
        precondition(Self.levels.contains(level), "a compression level is a number from 1 to 22")
        guard let context = unsafe ZSTD_createCCtx() else {
            fatalError("libzstd cannot make an encoder: out of memory")
        }
        unsafe self.context = context
        self.level = Int32(level)
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// The memory that is enough for the frame of any `count` bytes.
    public static func bound(_ count: Int) -> Int { ZSTD_compressBound(count) }

    /// The version of libzstd, such as `1.5.4`: another one may write other frames for the same bytes.
    public static var libraryVersion: String { unsafe String(cString: ZSTD_versionString()) }

    /// Writes `plain` as one frame to the start of `frame`.
    ///
    /// What does not shrink is stored as raw blocks of 128 KiB, which libzstd decides block by block.
    ///
    /// - Parameter frame: At least ``bound(_:)`` bytes.
    /// - Returns: The length of the frame.
    /// - Throws: ``ZstdEncoderError``.
    public mutating func encode(
        _ plain: UnsafeRawBufferPointer, into frame: UnsafeMutableRawBufferPointer
    ) throws(ZstdEncoderError) -> Int {
        precondition(frame.count >= Self.bound(plain.count), "a frame needs FrameEncoder.bound(_:) bytes")
        let chosen = try unsafe suitableLevel(for: plain, scratch: frame)
        return try unsafe compress(plain, into: frame, level: chosen)
    }

    private mutating func compress(
        _ plain: UnsafeRawBufferPointer, into frame: UnsafeMutableRawBufferPointer, level: Int32
    ) throws(ZstdEncoderError) -> Int {
        try set(ZSTD_c_compressionLevel, level)
        let usual = ZSTD_getCParams(level, UInt64(plain.count), 0).windowLog
        try set(ZSTD_c_windowLog, Int32(min(usual, Self.windowLogLimit)))
        return try unsafe Self.check(
            ZSTD_compress2(context, frame.baseAddress, frame.count, plain.baseAddress, plain.count))
    }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int32) throws(ZstdEncoderError) {
        _ = try unsafe Self.check(ZSTD_CCtx_setParameter(context, parameter, value))
    }

    private static func check(_ result: Int) throws(ZstdEncoderError) -> Int {
        guard ZSTD_isError(result) == 0 else {
            throw .refused(reason: unsafe String(cString: ZSTD_getErrorName(result)))
        }
        return result
    }
}

extension FrameEncoder {
    /// The first level at which an attempt on bytes that cannot shrink is slow: level 3 passes gzip streams at 2.2 GB/s a
    /// core and random bytes at 5.8 GB/s, level 6 only at 0.4 and 0.6 (docs/decisions/0010-levels-and-raw-blocks.md).
    private static let firstSlowLevel: Int32 = 5
    private static let quickLevel: Int32 = 1
    private static let sampleCount = 16
    private static let sampleLength = 16_384

    /// The level for these bytes: a slow one only when a sample shrinks by more than 2 %.
    ///
    /// A pure function of the bytes and the level, so that the same content gives the same frame.
    private mutating func suitableLevel(
        for plain: UnsafeRawBufferPointer, scratch: UnsafeMutableRawBufferPointer
    ) throws(ZstdEncoderError) -> Int32 {
        let length = Self.sampleCount * Self.sampleLength
        guard level >= Self.firstSlowLevel, plain.count >= 4 * length else { return level }
        let sample = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[..<length])
        let stride = (plain.count - Self.sampleLength) / (Self.sampleCount - 1)
        for index in 0..<Self.sampleCount {
            let piece = unsafe plain[index * stride..<index * stride + Self.sampleLength]
            unsafe UnsafeMutableRawBufferPointer(rebasing: sample[(index * Self.sampleLength)...]).copyBytes(
                from: piece)
        }
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[length...])
        let stored = try unsafe compress(UnsafeRawBufferPointer(sample), into: rest, level: Self.quickLevel)
        return stored * 100 > length * 98 ? Self.quickLevel : level
    }
}
