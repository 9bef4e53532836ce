public import Values

/// Why a stored chunk could not be decoded. Numbers out of a frame are as found, not to be trusted.
public enum ZstdError: Error, Hashable, Sendable {
    /// The first four bytes are not those of a zstd frame.
    case notAFrame
    /// A skippable frame: decoders pass over it in silence, so anything could hide there.
    case skippable
    /// The input ends before the frame does.
    case truncated
    /// The frame ends, and more follows: another frame, or anything else.
    case surplus(ByteCount)
    /// The frame asks for a dictionary.
    case dictionary(id: UInt32)
    /// The frame does not say how much it holds.
    case contentSizeMissing
    /// The frame says, or holds, another size than the one that was signed.
    case contentSizeDiffers(stated: UInt64, wanted: ByteCount)
    /// The frame wants a larger window than this decoder gives, in bytes.
    case windowTooLarge(UInt64, limit: ByteCount)
    /// The blocks do not decode.
    case corrupt(reason: String)
    /// There was no memory for the window.
    case outOfMemory
}
