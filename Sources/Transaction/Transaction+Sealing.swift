import Posix
import Values

extension Transaction {
    /// The staging folder for `path`, made when it is the first on its mount.
    func area(for path: MemberPath) throws(TransactionError) -> Int {
        if let known = areaOfFolder[path.parent] { return known }
        let folder = try places.place(for: path, in: root, beside: newFolders.union(journal.made))
        let index: Int
        if let same = journal.areas.firstIndex(of: folder) {
            index = same
        } else {
            index = journal.areas.count
            journal.areas.append(folder)
            try writeJournal(changes: Array(journal.changes[..<journaled]))
            try filing { () throws(FileError) in
                try effects.makeDirectory(folder, in: root, mode: .secretDirectory, "stage.folder")
                // Where no syncfs follows, fsync of the folder itself does not promise its own name (fsync(2)).
                if !trustsFileSystemSync {
                    try effects.synchronizeDirectory(folder.parent, in: root, "stage.parent")
                }
            }
            areas.append(try openArea(folder))
        }
        areaOfFolder[path.parent] = index
        return index
    }

    func openArea(_ folder: MemberPath) throws(TransactionError) -> StagingArea? {
        do throws(FileError) { return StagingArea(folder: folder, handle: try root.open(folder)) } catch {
            guard error.errno == .notFound else { throw .file(error) }
            return nil
        }
    }

    /// Makes the journal durable. Before a commit it names the changes of those before it only: there is nothing else to undo.
    func writeJournal(changes: [Change]) throws(TransactionError) {
        var current = journal
        current.changes = changes
        let bytes = current.bytes
        try filing { () throws(FileError) in
            if !hasJournal { try makeStateFolder() }
            let file = Self.journalFile(state)
            let fresh = Self.freshFile(state)
            let descriptor = try effects.openFile(fresh, in: root, options: [.create, .truncate], "journal.open")
            try effects.write(bytes, to: descriptor, "journal.write")
            try effects.synchronize(descriptor, "journal.synchronize")
            try effects.close(descriptor, "journal.close")
            try effects.rename(fresh, to: file, in: root, "journal.rename")
            try effects.synchronizeDirectory(state, in: root, "journal.folder")
        }
        hasJournal = true
    }

    private func makeStateFolder() throws(FileError) {
        for folder in journal.made {
            try effects.makeDirectory(folder, in: root, mode: .executable, "state.folder")
            try effects.synchronizeDirectory(folder.parent, in: root, "state.parent")
        }
    }

    /// Makes all that is staged durable. No name of the target has changed yet.
    public func seal() throws(TransactionError) {
        for file in staged { try file.seal() }
        try filing { () throws(FileError) in
            // Else each file is durable already; its name need not be before the commit makes the folder so.
            guard trustsFileSystemSync else { return }
            for case let area? in areas {
                try effects.synchronizeFileSystem(of: area.handle, "seal.file-system")
            }
        }
    }

    /// Whether nothing was prepared since the last commit that would change a name.
    public var isEmpty: Bool { journal.changes.count == journaled }

    /// Whether some changes are in place already.
    public var hasCommitted: Bool { journaled > 0 }

    func checkNothingChanged() throws(TransactionError) {
        for (path, before) in found {
            let now = try existing(path)
            guard now?.identity == before?.identity else { throw .changedMeanwhile(path: root.path.appending(path)) }
        }
    }
}

extension FileInformation {
    /// What differs after a file was written to, replaced or given away.
    fileprivate struct Identity: Equatable {
        var inode, device: UInt64
        var size: ByteCount
        var mode: UInt16
        var owner, group: UInt32
        var modified: Timestamp
        var nanoseconds: Int
    }

    fileprivate var identity: Identity {
        Identity(
            inode: inode, device: device, size: size, mode: mode, owner: owner, group: group, modified: modified,
            nanoseconds: modifiedNanoseconds)
    }
}
