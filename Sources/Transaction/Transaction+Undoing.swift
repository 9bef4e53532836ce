import Posix
public import Values

extension Transaction {
    /// Puts everything back as it was before this transaction, from wherever it is.
    ///
    /// After ``finish()`` there is nothing to put back, and nothing is done.
    ///
    /// Looks at what is there and not at what was done, so that it may be called again after it was cut off.
    ///
    /// - Returns: Folders of ours that stay, because somebody else has put something into them.
    /// - Throws: ``TransactionError/notUndone(_:)``; a later ``recover(root:state:effects:)`` tries again.
    @discardableResult
    public func undo() throws(TransactionError) -> [MemberPath] {
        guard !isFinished else { return [] }
        do throws(FileError) {
            let kept = try revertAll()
            if try root.information(of: state) != nil { try clearUndone() }
            try removeStateFolder()
            return kept
        } catch {
            throw .notUndone(error)
        }
    }

    private func revertAll() throws(FileError) -> [MemberPath] {
        let done = journal.changes[..<journaled]
        var kept: [MemberPath] = []
        for change in done.reversed() {
            if try !revert(change) { kept.append(change.path) }
        }
        try synchronizeFolders(of: done, "undo.synchronize")
        return kept
    }

    /// - Returns: Whether everything of the change is gone.
    private func revert(_ change: Change) throws(FileError) -> Bool {
        switch change {
        case .directory(let path, _):
            return try removeFolder(path, "undo.directory")
        case .placing(let path, let area, let number, replaces: false):
            try removeNew(path, area: area, number: number)
        case .placing(let path, let area, let number, replaces: true), .removal(let path, let area, let number):
            try restoreOld(path, area: area, number: number)
        case .exchange(let path, let source, let area, let number):
            try exchangeBack(path, source: source, area: area, number: number)
        }
        return true
    }

    /// Removes what was laid where nothing was. As long as its staged name is there, it was not laid.
    private func removeNew(_ path: MemberPath, area: Int, number: Int) throws(FileError) {
        guard let found = try root.information(of: path) else { return }
        if let place = areas[area], let staged = try place.handle.information(of: StagingArea.newName(number)) {
            // After a cut btrfs may show a file under both names of a rename between folders.
            guard staged.inode == found.inode, staged.device == found.device else { return }
        }
        try effects.remove(path, in: root, "undo.remove")
    }

    /// Gives what was replaced its name back. Where the name was never taken away, rename(2) finds both names to be the same
    /// file and does nothing.
    private func restoreOld(_ path: MemberPath, area: Int, number: Int) throws(FileError) {
        let old = StagingArea.oldName(number)
        guard let place = areas[area], try place.handle.information(of: old) != nil else { return }
        try effects.rename(old, in: place.handle, to: path, in: root, replacing: true, "undo.restore")
    }

    func removeFolder(_ path: MemberPath, _ tag: EffectTag) throws(FileError) -> Bool {
        do throws(FileError) {
            guard try root.information(of: path) != nil else { return true }
            try effects.removeDirectory(path, in: root, tag)
            return true
        } catch {
            guard error.errno == .notEmpty || error.errno == .exists || error.errno == .busy else { throw error }
            return false
        }
    }

    private func removeStateFolder() throws(FileError) {
        for folder in journal.made.reversed() { _ = try removeFolder(folder, "undo.state") }
    }
}

extension Transaction {
    /// What ``recover(root:state:effects:)`` found.
    public enum Recovery: Hashable, Sendable {
        /// No run was cut off.
        case nothingToDo
        /// A run was cut off before its end and is undone; these folders stay, because they are not empty.
        case undone(kept: [MemberPath])
        /// A run had done its work and only had to clear away.
        case cleared
    }
}
