internal import CLibZstd
public import Values

/// Decodes zstd frames (RFC 8878) under the rules of a chunk (docs/format.md, "Chunks"). Owns one `ZSTD_DCtx`, used again
/// for every frame.
@safe public struct FrameDecoder: ~Copyable {
    private let context: OpaquePointer

    /// The largest window a frame may ask for: what one worker must be able to remember.
    public static let windowLimit = ByteCount.mebibytes(8)

    /// Makes a decoder for one thread.
    public init() {
        guard let context = unsafe ZSTD_createDCtx() else { fatalError("libzstd cannot make a decoder: out of memory") }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Decodes `frame`, which must be exactly one frame that ends where it ends, into `plain`, whose length it must state.
    ///
    /// The header is checked before anything is decoded: magic number, no skippable frame, no dictionary, content size
    /// stated and equal, window at most ``windowLimit``, nothing behind the frame.
    ///
    /// - Returns: `plain.count`, always.
    /// - Throws: ``ZstdError``; what `plain` then holds must not be used, not even in part.
    /// - Complexity: One pass over `frame`; the memory of the window stays with the decoder.
    public mutating func decode(
        _ frame: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
    ) throws(ZstdError) -> Int {
        try unsafe FrameHeader(of: frame).check(contentSize: plain.count)
        try unsafe checkEnd(of: frame)
        let result = unsafe ZSTD_decompressDCtx(context, plain.baseAddress, plain.count, frame.baseAddress, frame.count)
        if let reason = libraryError(result) { throw reason }
        guard result == plain.count else {
            throw .contentSizeDiffers(stated: UInt64(result), wanted: ByteCount(plain.count))
        }
        return result
    }

    /// Walks the block headers to the frame's end (RFC 8878 §3.1.1.2), which must be the end of `frame`.
    private func checkEnd(of frame: UnsafeRawBufferPointer) throws(ZstdError) {
        let length = unsafe ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
        if let reason = libraryError(length) { throw reason }
        guard length == frame.count else { throw .surplus(ByteCount(frame.count - length)) }
    }
}

/// What libzstd says of a `size_t` result; `nil` when it is a size.
func libraryError(_ result: Int) -> ZstdError? {
    guard ZSTD_isError(result) != 0 else { return nil }
    let code = ZSTD_getErrorCode(result)
    if code == ZSTD_error_srcSize_wrong { return .truncated }
    if code == ZSTD_error_memory_allocation { return .outOfMemory }
    return .corrupt(reason: unsafe String(cString: ZSTD_getErrorName(result)))
}
