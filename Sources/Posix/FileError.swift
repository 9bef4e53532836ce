/// A file operation that did not do its work.
public struct FileError: Error, Hashable, Sendable {
    /// What was tried, as it stands after `cannot`: `open`, `write to`, `make the folder`.
    public let operation: String
    /// The file it was tried on.
    public let path: FilePath
    /// Why not.
    public let errno: Errno
    /// What to know beyond the errno, such as the limit that was passed; mostly `nil`.
    public let detail: String?

    /// - Parameter operation: Words that stand between `cannot` and the quoted path.
    public init(_ operation: String, _ path: FilePath, _ errno: Errno, detail: String? = nil) {
        self.operation = operation
        self.path = path
        self.errno = errno
        self.detail = detail
    }
}

/// Runs `body` and tells which operation on which file failed.
func doing<Result: ~Copyable>(
    _ operation: String, _ path: FilePath, _ body: () throws(Errno) -> Result
) throws(FileError) -> Result {
    do throws(Errno) { return try body() } catch { throw FileError(operation, path, error) }
}
