public import Posix
public import Values

extension Transaction {
    /// So often a recovery that nobody watches is tried, before it waits for a person.
    public static let automaticAttempts = 8

    /// Whether a run has begun to change names and has not ended, as far as the caller may see.
    public static func hasJournal(root: FilePath, state: MemberPath) -> Bool {
        do throws(FileError) { return try Files.exists(root.appending(journalFile(state))) } catch { return false }
    }

    /// The paths that a run which was cut off has changed, or was about to; none when there was no such run.
    ///
    /// What stands there is ours, whole or not, and no receipt names it yet.
    public static func unfinishedPaths(
        root: FilePath, state: MemberPath
    ) throws(TransactionError) -> Set<MemberPath> {
        let handle = try filing { () throws(FileError) in try DirectoryHandle.open(root) }
        return Set(try Journal(journalFile(state), in: handle)?.changes.map(\.path) ?? [])
    }

    /// Brings the target to exactly the state before, or exactly the state after, a run that was cut off. May be called again.
    ///
    /// Attempts are counted on disk until one has come to its end.
    ///
    /// - Parameter attempts: How many are allowed in all; `nil` when a person asks for this one.
    /// - Throws: ``TransactionError/tooManyAttempts(_:journal:)``, with nothing changed.
    public static func recover(
        root: FilePath, state: MemberPath, attempts: Int? = nil, effects: any FileEffects
    ) throws(TransactionError) -> Recovery {
        let handle = try filing { () throws(FileError) in try DirectoryHandle.open(root) }
        let isDone: Bool
        let journal: Journal
        if let done = try Journal(doneFile(state), in: handle) {
            (isDone, journal) = (true, done)
        } else if let begun = try Journal(journalFile(state), in: handle) {
            (isDone, journal) = (false, begun)
        } else {
            try filing { () throws(FileError) in try clearBeginnings(state, in: handle, effects) }
            return .nothingToDo
        }
        try count(attempts, isDone ? doneFile(state) : journalFile(state), state, in: handle, effects)
        let transaction = try Transaction(resuming: journal, root: handle, state: state, effects: effects)
        guard isDone else { return .undone(kept: try transaction.undo()) }
        try filing { () throws(FileError) in
            try transaction.clearFinished()
            try clearBeginnings(state, in: transaction.root, effects)
        }
        return .cleared
    }

    /// Adds one to the number of attempts: the size of a file that grows by one byte, so that no write can be half done.
    private static func count(
        _ limit: Int?, _ journal: MemberPath, _ state: MemberPath, in root: borrowing DirectoryHandle,
        _ effects: any FileEffects
    ) throws(TransactionError) {
        let path = attemptsFile(state)
        let before = try filing { () throws(FileError) in try root.information(of: path)?.size.bytes ?? 0 }
        if let limit, before >= limit {
            throw .tooManyAttempts(before, journal: root.path.appending(journal))
        }
        do throws(FileError) {
            let file = try effects.openFile(path, in: root, options: .create, "attempts.open")
            let mark: [UInt8] = [UInt8(ascii: ".")]
            try unsafe mark.withBytes { (bytes) throws(FileError) in
                try unsafe effects.write(bytes, to: file, at: before, "attempts.write")
            }
            try effects.synchronize(file, "attempts.synchronize")
            try effects.close(file, "attempts.close")
            if before == 0 { try effects.synchronizeDirectory(state, in: root, "attempts.folder") }
        } catch {
            // Putting old names back takes no room: a full disk must not stand in its way.
            guard error.errno == .noSpace || error.errno == .overQuota else { throw .notUndone(error) }
        }
    }

    /// Removes what is left by a run that was cut off before its journal was there, or while it cleared away.
    private static func clearBeginnings(
        _ state: MemberPath, in root: borrowing DirectoryHandle, _ effects: any FileEffects
    ) throws(FileError) {
        guard try root.information(of: state) != nil else { return }
        for file in [freshFile(state), attemptsFile(state)] where try root.information(of: file) != nil {
            try effects.remove(file, in: root, "clear.journal")
        }
        try removeEmptyState(state, in: root, effects)
    }

    static func removeEmptyState(
        _ state: MemberPath, in root: borrowing DirectoryHandle, _ effects: any FileEffects
    ) throws(FileError) {
        guard try root.open(state).entries().isEmpty else { return }
        try effects.removeDirectory(state, in: root, "clear.state")
    }
}
