public import Values

/// One entry of a foreign archive, as it says of itself. Nothing here has been checked against anything.
public struct ArchiveEntry: Hashable, Sendable {
    /// What it would be on a disk.
    public enum Kind: Hashable, Sendable {
        /// A regular file.
        case file
        /// A folder.
        case directory
        /// A symbolic link to these bytes.
        case symbolicLink([UInt8])
        /// A second name for the entry at these bytes.
        case hardLink([UInt8])
        /// A device, pipe or socket.
        case other
    }

    /// The path, byte by byte as stored: it may be absolute, hold `..` or not be UTF-8.
    public let path: [UInt8]
    /// What it is.
    public let kind: Kind
    /// The size it states; `nil` when it states none, as a streamed ZIP may.
    public let size: ByteCount?
    /// The permission bits, with set-user-id and the like.
    public let mode: UInt16

    /// ``path`` for messages, with U+FFFD for what is not UTF-8.
    public var name: String { String(decoding: path, as: UTF8.self) }
}
