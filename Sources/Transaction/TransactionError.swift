public import Posix
public import Values

/// Why a change of the target's files was not made, or not finished.
public enum TransactionError: Error, Hashable, Sendable {
    /// A call to the file system failed.
    case file(FileError)
    /// Something else than a file or link stands where one should be laid, or no folder where one is needed.
    case conflict(path: FilePath, found: FileInformation.Kind)
    /// What should be replaced is not what it was when the change was prepared.
    case changedMeanwhile(path: FilePath)
    /// Every folder on the target's mount is watched by the platform: nothing can be staged there unseen.
    case nowhereToStage(path: FilePath)
    /// A staged file does not have the size it was announced with.
    case incomplete(path: FilePath, expected: ByteCount, found: ByteCount)
    /// Another run holds the lock of this target.
    case busy(root: FilePath)
    /// An earlier run was cut off; it must be recovered first.
    case interrupted(journal: FilePath)
    /// Recovering has been tried so often without coming to its end that only a person should try again.
    case tooManyAttempts(Int, journal: FilePath)
    /// The journal of an earlier run cannot be understood.
    case unreadableJournal(path: FilePath, reason: String)
    /// Putting the old state back failed too.
    case notUndone(FileError)
}

/// Runs `body` and passes its refusal on as ours.
func filing<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(TransactionError) -> Result {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
