import CLinux
import Glibc
public import Values

/// What the kernel knows about a file (stat(2)).
public struct FileInformation: Hashable, Sendable {
    /// What kind of thing a name stands for.
    public enum Kind: Hashable, Sendable {
        /// A regular file.
        case file
        /// A folder.
        case directory
        /// A symbolic link.
        case link
        /// A device, pipe or socket.
        case other
    }

    /// The kind; `.link` only where the link itself was asked for.
    public let kind: Kind
    /// The length of a file; of a link, the length of its target.
    public let size: ByteCount
    /// What the file takes on the disk; less than ``size`` where it has holes.
    public let allocated: ByteCount
    /// All twelve permission bits, set-user-id, set-group-id and sticky among them.
    public let mode: UInt16
    /// The owner's number.
    public let owner: UInt32
    /// The group's number.
    public let group: UInt32
    /// The file system it is on.
    public let device: UInt64
    /// Its number there. Device and inode together tell files apart.
    public let inode: UInt64
    /// When the content last changed, whole seconds.
    public let modified: Timestamp
    /// The rest of that moment, 0 to 999 999 999 ns.
    public let modifiedNanoseconds: Int
    /// How many names it has.
    public let linkCount: Int

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        size = ByteCount(max(0, Int(status.st_size)))
        allocated = ByteCount(Int(status.st_blocks) * 512)
        mode = UInt16(status.st_mode & 0o7777)
        owner = status.st_uid
        group = status.st_gid
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        modified = Timestamp(seconds: Int(status.st_mtim.tv_sec))
        modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
        linkCount = Int(status.st_nlink)
    }
}
