import CLinux
import Glibc
public import Values

/// Whole files and folders by path, for places that people name. Below a target root: ``DirectoryHandle``.
public enum Files {
    /// The content of a file.
    ///
    /// - Parameter limit: The most that is held in memory; more is ``Errno/tooLarge``.
    public static func read(_ path: FilePath, limit: ByteCount) throws(FileError) -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.readToEnd(limit: limit)
    }

    /// Puts `bytes` in the place of what `path` holds: at any moment, also after a power cut, either the old or the new content.
    ///
    /// Writes a temporary file beside it, fsync, rename, fsync of the folder. After an error the old file stands and the
    /// temporary is gone.
    public static func replace(_ path: FilePath, with bytes: [UInt8], mode: FileMode = .file) throws(FileError) {
        let folder = path.parent
        let temporary = folder.appending(".\(path.lastComponent).\(try System.randomName()).new")
        let file = try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .exclusive, .noFollow], permissions: .secret)
        do throws(FileError) {
            try file.write(bytes)
            try file.setMode(mode)
            try file.synchronize()
            try file.close()
            try rename(temporary, to: path)
        } catch {
            try? remove(temporary)  // the first error is the one to tell
            throw error
        }
        try synchronizeDirectory(folder)
    }

    /// Gives a file another name on the same mount, in the place of what had it (rename(2)).
    public static func rename(_ path: FilePath, to other: FilePath) throws(FileError) {
        _ = try doing("rename to \"\(other)\" the file", path) { () throws(Errno) in
            try unsafe path.withCPath { (old) throws(Errno) in
                try unsafe other.withCPath { (new) throws(Errno) in
                    try restarting { unsafe CLinux.rename(old, new) }
                }
            }
        }
    }

    /// Removes the name of a file or link (unlink(2)).
    public static func remove(_ path: FilePath) throws(FileError) {
        _ = try doing("remove", path) { () throws(Errno) in
            try unsafe path.withCPath { (name) throws(Errno) in try restarting { unsafe unlink(name) } }
        }
    }

    /// Makes the names in a folder durable (fsync(2) of the folder).
    public static func synchronizeDirectory(_ path: FilePath) throws(FileError) {
        try FileDescriptor.open(path, .readOnly, options: .directory).synchronizeNames()
    }

    /// What `path` is, a last link not followed (lstat(2)); `nil` when there is nothing.
    public static func information(_ path: FilePath) throws(FileError) -> FileInformation? {
        var status = stat()
        do throws(Errno) {
            _ = try unsafe path.withCPath { (name) throws(Errno) in try restarting { unsafe lstat(name, &status) } }
            return FileInformation(status)
        } catch {
            guard error == .notFound else { throw FileError("look at", path, error) }
            return nil
        }
    }

    /// Whether there is anything by that name, be it a dangling link.
    public static func exists(_ path: FilePath) throws(FileError) -> Bool { try information(path) != nil }

    /// Makes a folder and the folders above it that are missing (mkdir(2)). Links to folders on the way are followed.
    ///
    /// - Parameter mode: For each folder made, less the umask.
    public static func makeDirectories(_ path: FilePath, mode: FileMode = .executable) throws(FileError) {
        do throws(Errno) {
            _ = try unsafe path.withCPath { (name) throws(Errno) in
                try restarting { unsafe mkdir(name, mode_t(mode.bits)) }
            }
        } catch {
            switch error {
            case .exists:
                _ = try FileDescriptor.open(path, .readOnly, options: .directory)
            case .notFound where path.parent != path:
                try makeDirectories(path.parent, mode: mode)
                try makeDirectories(path, mode: mode)
            default:
                throw FileError("make the folder", path, error)
            }
        }
    }
}
