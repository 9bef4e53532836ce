public import Posix
public import Values

/// Why a bundle was not copied onto media.
public enum MediaError: Error, Hashable, Sendable {
    /// The folder of a medium is not there: nothing is mounted, perhaps.
    case noMedium(FilePath)
    /// Two folders are on the same file system.
    case sameMedium(FilePath, FilePath)
    /// The media together have too little room. `available` is what each has, in the order given.
    case tooSmall(needed: ByteCount, media: [FilePath], available: [ByteCount])
    /// A file is longer than FAT32 can hold.
    case tooLarge(name: String, size: ByteCount, medium: FilePath)
    /// Something stands where the bundle would go, and is none.
    case notABundle(FilePath)
    /// A file of the bundle that is copied is not what was signed.
    case damagedSource(name: String, bundle: FilePath)
    /// What was read back from a medium is not what was written.
    case readBackDiffers(FilePath)
    /// A file operation that did not do its work.
    case file(FileError)
}

/// Runs `body`; its file errors become ours.
func files<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(MediaError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
