import CLinux
import Glibc
public import Values

/// An open file. Owns the descriptor: closes it in `deinit`, always close-on-exec.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by; valid as long as this value lives.
    public private(set) var rawValue: Int32
    /// The path it was opened by. For messages; the file may have another name by now.
    public let path: FilePath

    /// Takes over `rawValue`, which must be open and belong to nobody else.
    public init(owning rawValue: Int32, path: FilePath) {
        self.rawValue = rawValue
        self.path = path
    }

    deinit {
        // An abandoned descriptor has nobody left to hear of an error; `close()` is for those who want to know.
        if rawValue >= 0 { _ = CLinux.close(rawValue) }
    }

    /// How a file is opened.
    public enum AccessMode: Hashable, Sendable {
        /// O_RDONLY.
        case readOnly
        /// O_WRONLY.
        case writeOnly
        /// O_RDWR.
        case readWrite

        var flags: Int32 {
            switch self {
            case .readOnly: O_RDONLY
            case .writeOnly: O_WRONLY
            case .readWrite: O_RDWR
            }
        }
    }

    /// What else open(2) is asked for. O_CLOEXEC and O_NOCTTY are always on.
    public struct Options: OptionSet, Hashable, Sendable {
        /// The O_… bits.
        public let rawValue: Int32
        /// Takes the O_… bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// Make the file if it is not there.
        public static let create = Self(rawValue: O_CREAT)
        /// With `.create`: fail if the name is taken, even by a dangling link.
        public static let exclusive = Self(rawValue: O_EXCL)
        /// Make a file without a name in the folder that is opened; it is gone when it is closed.
        public static let nameless = Self(rawValue: Int32(SEALIFT_O_TMPFILE))
        /// Empty the file.
        public static let truncate = Self(rawValue: O_TRUNC)
        /// Every write goes to the end.
        public static let append = Self(rawValue: O_APPEND)
        /// Fail with ELOOP if the last component is a symbolic link.
        public static let noFollow = Self(rawValue: O_NOFOLLOW)
        /// Fail with ENOTDIR if it is not a folder.
        public static let directory = Self(rawValue: O_DIRECTORY)
        /// Do not wait for the other end of a FIFO.
        public static let nonBlocking = Self(rawValue: O_NONBLOCK)
    }

    /// Opens a file by its path (open(2)). Links in the path are followed, unless `.noFollow` forbids the last one.
    ///
    /// - Parameter permissions: The mode of a file that is made, less the umask; ``setMode(_:)`` knows no umask.
    public static func open(
        _ path: FilePath, _ mode: AccessMode, options: Options = [], permissions: FileMode = .file
    ) throws(FileError) -> FileDescriptor {
        let flags = mode.flags | options.rawValue | O_CLOEXEC | O_NOCTTY
        let number = try doing("open", path) { () throws(Errno) in
            try unsafe path.withCPath { (name) throws(Errno) in
                try restarting { unsafe sealift_open(AT_FDCWD, name, flags, mode_t(permissions.bits)) }
            }
        }
        return FileDescriptor(owning: number, path: path)
    }

    /// Closes the file and tells what the kernel says to it (close(2)).
    ///
    /// EINTR is no error here: Linux has let go of the descriptor by then, and a second close might hit a stranger's.
    public consuming func close() throws(FileError) {
        let number = rawValue
        rawValue = -1
        guard CLinux.close(number) == -1 else { return }
        let error = Errno.current
        guard error == .interrupted else { throw FileError("close", path, error) }
    }
}
