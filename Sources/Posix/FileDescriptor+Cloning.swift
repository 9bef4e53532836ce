import CLinux
import Glibc

extension FileDescriptor {
    /// Makes this file, which is open for writing, a copy of `source` that shares its blocks (ioctl_ficlone(2)).
    ///
    /// - Returns: `false` where the file system cannot, or the two are not on the same one: nothing was done then.
    public func clone(_ source: borrowing FileDescriptor) throws(FileError) -> Bool {
        do throws(Errno) {
            _ = try restarting { sealift_clone(rawValue, source.rawValue) }
            return true
        } catch {
            // ENOTTY comes from file systems that know no such ioctl, EINVAL from those that cannot clone this file.
            guard
                [.notSupported, .crossDevice, .invalid, Errno(rawValue: ENOTTY), .noSuchCall, .notPermitted].contains(
                    error)
            else { throw FileError("copy into", path, error) }
            return false
        }
    }
}

extension Files {
    /// Gives the file at `path` a second name on the same file system (link(2)).
    ///
    /// - Returns: `false` where that cannot be: another file system, or one that knows no hard links.
    public static func link(_ path: FilePath, to name: FilePath) throws(FileError) -> Bool {
        do throws(Errno) {
            _ = try unsafe path.withCPath { (old) throws(Errno) in
                try unsafe name.withCPath { (new) throws(Errno) in
                    try restarting { unsafe CLinux.link(old, new) }
                }
            }
            return true
        } catch {
            // EMLINK: too many names already. EPERM: no hard links here, or none to files of others (protected_hardlinks).
            guard [.crossDevice, .notPermitted, .notSupported, Errno(rawValue: EMLINK)].contains(error) else {
                throw FileError("link to \"\(name)\" the file", path, error)
            }
            return false
        }
    }
}
