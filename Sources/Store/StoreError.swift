public import Posix
public import Values

/// Why the store could not give or take something.
public enum StoreError: Error, Hashable, Sendable {
    /// A file operation did not do its work; a full disk for instance.
    case file(FileError)
    /// Another run uses the store, or prunes it.
    case busy(FilePath)
    /// There is nothing of that digest.
    case missing(SHA256Digest)
    /// What lies there has another digest now. It was put aside at `movedTo`.
    case damaged(SHA256Digest, movedTo: FilePath)
    /// A file was to be taken in that is not what was promised.
    case mismatch(FilePath, ContentMismatch)
}

/// Runs `body` and passes on what the file system says.
func filing<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(StoreError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
