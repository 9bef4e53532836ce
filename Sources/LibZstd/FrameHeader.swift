internal import CLibZstd
import Values

/// What a frame says of itself before its first block (RFC 8878 §3.1.1.1).
struct FrameHeader {
    let contentSize: UInt64
    let windowSize: UInt64
    let dictionary: UInt32
    let isSkippable: Bool

    /// The value of `ZSTD_CONTENTSIZE_UNKNOWN`.
    private static let unknown = UInt64.max

    /// - Throws: ``ZstdError/truncated``, ``ZstdError/notAFrame``, ``ZstdError/corrupt(reason:)``.
    init(of frame: UnsafeRawBufferPointer) throws(ZstdError) {
        var header = sealift_zstd_frame_header()
        let result = unsafe ZSTD_getFrameHeader(&header, frame.baseAddress, frame.count)
        if ZSTD_isError(result) != 0, ZSTD_getErrorCode(result) == ZSTD_error_prefix_unknown { throw .notAFrame }
        if let reason = libraryError(result) { throw reason }
        guard result == 0 else { throw .truncated }
        contentSize = header.frameContentSize
        windowSize = header.windowSize
        dictionary = header.dictID
        isSkippable = header.frameType == ZSTD_skippableFrame
    }

    /// The rules of a chunk, cheapest first.
    func check(contentSize wanted: Int) throws(ZstdError) {
        guard !isSkippable else { throw .skippable }
        guard dictionary == 0 else { throw .dictionary(id: dictionary) }
        guard contentSize != Self.unknown else { throw .contentSizeMissing }
        guard contentSize == UInt64(wanted) else {
            throw .contentSizeDiffers(stated: contentSize, wanted: ByteCount(wanted))
        }
        guard windowSize <= UInt64(FrameDecoder.windowLimit.bytes) else {
            throw .windowTooLarge(windowSize, limit: FrameDecoder.windowLimit)
        }
    }
}
