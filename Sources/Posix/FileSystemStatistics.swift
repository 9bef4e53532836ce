import CLinux
import Glibc
public import Values

/// How full a file system is and what it allows (statvfs(3), statfs(2)).
public struct FileSystemStatistics: Hashable, Sendable {
    /// Its size.
    public let total: ByteCount
    /// What an ordinary user may still fill.
    public let available: ByteCount
    /// How many files it can hold; 0 where that has no limit (btrfs, FAT).
    public let totalFiles: Int
    /// How many files can still be made; means nothing while ``totalFiles`` is 0.
    public let availableFiles: Int
    /// What kind it is: `ext4`, `xfs`, `vfat` …, or the magic number in hexadecimal.
    public let type: String
    /// Mounted for reading only.
    public let isReadOnly: Bool
    /// Mounted noexec: no program starts from it.
    public let isNoExec: Bool
    /// Mounted nosuid.
    public let isNoSUID: Bool

    init(of number: Int32) throws(Errno) {
        var room = statvfs()
        var kind = statfs()
        _ = try restarting { unsafe fstatvfs(number, &room) }
        _ = try restarting { unsafe fstatfs(number, &kind) }
        let unit = Int(room.f_frsize)
        total = ByteCount(Int(room.f_blocks) * unit)
        available = ByteCount(Int(room.f_bavail) * unit)
        totalFiles = Int(room.f_files)
        availableFiles = Int(room.f_favail)
        let magic = UInt32(truncatingIfNeeded: kind.f_type)
        type = Self.names[magic] ?? "0x" + String(magic, radix: 16)
        isReadOnly = room.f_flag & UInt(ST_RDONLY) != 0
        isNoSUID = room.f_flag & UInt(ST_NOSUID) != 0
        isNoExec = room.f_flag & 8 != 0  // ST_NOEXEC, which glibc shows only with _GNU_SOURCE
    }

    /// linux/magic.h and the file systems' own headers.
    private static let names: [UInt32: String] = [
        0xEF53: "ext4", 0x5846_5342: "xfs", 0x9123_683E: "btrfs", 0x0102_1994: "tmpfs", 0x4D44: "vfat",
        0x2011_BAB0: "exfat", 0x7366_746E: "ntfs3", 0x5346_544E: "ntfs", 0x6573_5546: "fuse", 0x794C_7630: "overlay",
        0x6969: "nfs", 0xF2F5_2010: "f2fs", 0x7371_7368: "squashfs", 0x9660: "iso9660", 0x2FC1_2FC1: "zfs",
        0x9FA0: "proc", 0x6265_6572: "sysfs", 0xFF53_4D42: "cifs", 0x0102_1997: "9p", 0x8584_58F6: "ramfs",
        0xE0F5_E1E2: "erofs", 0xCA45_1A4E: "bcachefs", 0x1501_3346: "udf",
    ]
}

extension DirectoryHandle {
    /// How full the file system of this folder is and what it allows.
    public func statistics() throws(FileError) -> FileSystemStatistics {
        try doing("look at the file system of", path) { () throws(Errno) in
            try FileSystemStatistics(of: rawValue)
        }
    }

    /// The number of the mount that this folder is on. Names can be renamed into each other only on one mount.
    public func mountID() throws(FileError) -> UInt64 {
        try doing("find the mount of", path) { () throws(Errno) in try mountNumber(of: rawValue) }
    }

    /// The number of the mount that `path`, itself and not what a link points to, is on.
    public func mountID(of path: MemberPath) throws(FileError) -> UInt64 {
        try doing("find the mount of", self.path.appending(path)) { () throws(Errno) in
            try unsafe inParent(of: path) { (folder, name) throws(Errno) in
                let flags = Int32(SEALIFT_O_PATH) | O_NOFOLLOW | O_CLOEXEC
                let file = FileDescriptor(
                    owning: try restarting { unsafe sealift_open(folder, name, flags, 0) }, path: self.path)
                return try mountNumber(of: file.rawValue)
            }
        }
    }
}

/// The mount of an open file: statx(2) with STATX_MNT_ID, before Linux 5.8 the line `mnt_id:` of /proc/self/fdinfo.
func mountNumber(of number: Int32) throws(Errno) -> UInt64 {
    var identifier: UInt64 = 0
    var known: Int32 = 0
    do throws(Errno) {
        _ = try restarting { unsafe sealift_mount_id(number, &identifier, &known) }
        if known != 0 { return identifier }
    } catch {
        guard error == .noSuchCall || error == .notPermitted else { throw error }
    }
    return try mountNumber(fromInformationOn: number)
}

package func mountNumber(fromInformationOn number: Int32) throws(Errno) -> UInt64 {
    let lines: [UInt8]
    do throws(FileError) {
        lines = try Files.read(FilePath("/proc/self/fdinfo/\(number)"), limit: .kibibytes(64))
    } catch { throw error.errno }
    for line in lines.split(separator: UInt8(ascii: "\n")) where line.starts(with: "mnt_id:".utf8) {
        let digits = line.dropFirst(7).filter { $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: " ") }
        if let identifier = UInt64(String(decoding: digits, as: UTF8.self)) { return identifier }
    }
    throw .noData
}
