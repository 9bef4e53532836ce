public import Posix
import Values

extension Transaction {
    /// Changes the names, in the order in which the changes were prepared. Call ``seal()`` before.
    ///
    /// - Throws: ``TransactionError``; call ``undo()`` then.
    public func commit() throws(TransactionError) {
        try checkNothingChanged()
        try keepOld()
        try writeJournal(changes: journal.changes)
        hasBegun = true
        try filing { () throws(FileError) in
            for change in journal.changes { try make(change) }
            try synchronizeFolders()
        }
    }

    /// Ends the chance to undo: the new state is the state now, and what was kept of the old is removed.
    ///
    /// - Returns: What kept the old from being removed; ``recover(root:state:effects:)`` will do that.
    /// - Throws: ``TransactionError`` when it can still be undone; call ``undo()`` then.
    public func finish() throws(TransactionError) -> FileError? {
        guard hasJournal else { return nil }
        try filing { () throws(FileError) in
            try effects.rename(Self.journalFile(state), to: Self.doneFile(state), in: root, "finish.rename")
        }
        do throws(FileError) {
            try effects.synchronizeDirectory(state, in: root, "finish.synchronize")
            try clear()
            return nil
        } catch {
            return error
        }
    }

    /// Gives all that will be replaced or removed a second name in its staging folder; durable before the first change.
    private func keepOld() throws(TransactionError) {
        try filing { () throws(FileError) in
            for change in journal.changes {
                switch change {
                case .directory, .placing(_, _, _, replaces: false): continue
                case .placing(let path, let area, let number, replaces: true), .removal(let path, let area, let number):
                    guard let place = areas[area] else { fatalError("areas are open while committing") }
                    try effects.link(
                        path, in: root, to: StagingArea.oldName(number), in: place.handle, "commit.keep")
                }
            }
            for case let area? in areas {
                try effects.synchronizeDirectory(nil, in: area.handle, "commit.keep-synchronize")
            }
        }
    }

    private func make(_ change: Change) throws(FileError) {
        switch change {
        case .directory(let path, let attributes):
            try effects.makeDirectory(path, in: root, mode: attributes.mode, "commit.directory")
            guard let owner = attributes.owner else { return }
            try effects.setOwner(of: path, in: root, owner.user, group: owner.group, "commit.directory-owner")
        case .placing(let path, let area, let number, _):
            guard let place = areas[area] else { fatalError("areas are open while committing") }
            try effects.rename(
                StagingArea.newName(number), in: place.handle, to: path, in: root, replacing: true, "commit.rename")
        case .removal(let path, _, _):
            try effects.remove(path, in: root, "commit.remove")
        }
    }

    /// Makes durable every folder whose names changed.
    func synchronizeFolders() throws(FileError) {
        var done: Set<MemberPath?> = []
        for change in journal.changes where done.insert(change.path.parent).inserted {
            if let parent = change.path.parent, try root.information(of: parent) == nil { continue }
            try effects.synchronizeDirectory(change.path.parent, in: root, "commit.synchronize")
        }
    }

    /// Removes staging folders, then the journal, whose absence says that nothing is left to do.
    func clear() throws(FileError) {
        for folder in journal.areas {
            try effects.removeTree(folder, in: root, "clear.staging")
            try effects.synchronizeDirectory(folder.parent, in: root, "clear.parent")
        }
        let files = [Self.freshFile(state), Self.journalFile(state), Self.doneFile(state)]
        for file in files where try root.information(of: file) != nil {
            try effects.remove(file, in: root, "clear.journal")
        }
        try effects.synchronizeDirectory(state, in: root, "clear.synchronize")
    }
}
