public import Posix
import Values

extension Transaction {
    /// Changes the names that were prepared since the last call, in order. Call ``seal()`` before.
    ///
    /// May be called several times; what an earlier call changed is in place, durably, before the next one begins.
    ///
    /// - Throws: ``TransactionError``; call ``undo()`` then.
    public func commit() throws(TransactionError) {
        try checkNothingChanged()
        let fresh = journal.changes[journaled...]
        try keepOld(fresh)
        try writeJournal(changes: journal.changes)
        journaled = journal.changes.count
        try filing { () throws(FileError) in
            for change in fresh { try make(change) }
            try synchronizeFolders(of: fresh, "commit.synchronize")
        }
        staged = []
        found = []
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
        isFinished = true
        do throws(FileError) {
            try effects.synchronizeDirectory(state, in: root, "finish.synchronize")
            try clearFinished()
            try Self.removeEmptyState(state, in: root, effects)
            return nil
        } catch {
            return error
        }
    }

    /// Gives all that will be replaced or removed a second name in its staging folder; durable before the first change.
    private func keepOld(_ fresh: ArraySlice<Change>) throws(TransactionError) {
        try filing { () throws(FileError) in
            for change in fresh {
                switch change {
                case .directory, .exchange, .placing(_, _, _, replaces: false): continue
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
        case .exchange(let path, let source, let area, let number):
            try exchange(path, source: source, area: area, number: number)
        }
    }

    /// Makes durable every folder whose names changed.
    func synchronizeFolders(of changes: some Sequence<Change>, _ tag: EffectTag) throws(FileError) {
        var done: Set<MemberPath?> = []
        for change in changes where done.insert(change.path.parent).inserted {
            if let parent = change.path.parent, try root.information(of: parent) == nil { continue }
            try effects.synchronizeDirectory(change.path.parent, in: root, tag)
        }
    }

    /// Clears away what a finished run leaves, then the journal, whose absence says that nothing is left to do.
    func clearFinished() throws(FileError) {
        for index in journal.areas.indices { try clearArea(index) }
        try sayFarewells()
        try clearJournal()
    }

    /// Removes staging folders, then the journal.
    func clearUndone() throws(FileError) {
        for folder in journal.areas {
            try effects.removeTree(folder, in: root, "clear.staging")
            try effects.synchronizeDirectory(folder.parent, in: root, "clear.parent")
        }
        try clearJournal()
    }

    private func clearJournal() throws(FileError) {
        for file in Self.ownFiles(state) where try root.information(of: file) != nil {
            try effects.remove(file, in: root, "clear.journal")
        }
        try effects.synchronizeDirectory(state, in: root, "clear.synchronize")
    }
}
