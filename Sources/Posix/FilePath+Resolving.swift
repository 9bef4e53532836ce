import CLinux
import Glibc

extension FilePath {
    /// The absolute path without links, `.` and `..` (realpath(3)).
    ///
    /// - Throws: ``FileError`` when a part of it does not exist or cannot be searched.
    public func resolved() throws(FileError) -> FilePath {
        guard let found = unsafe realpath(text, nil) else { throw FileError("resolve", self, Errno.current) }
        defer { unsafe free(found) }
        return unsafe FilePath(String(cString: found))
    }
}
