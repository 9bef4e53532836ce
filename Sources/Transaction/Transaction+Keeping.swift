import Posix
public import Values

/// A name in a staging folder that stays when the run is over.
struct KeptName: Hashable, Comparable, Sendable {
    let area: Int
    /// `old-7`, or the name of a folder that was copied.
    let name: String

    static func < (left: Self, right: Self) -> Bool { (left.area, left.name) < (right.area, right.name) }
}

extension Transaction {
    /// Where something that is kept for later lies.
    public struct Kept: Hashable, Sendable {
        /// The name it had below the root.
        public let path: MemberPath
        /// Where it is kept, below the root, from ``finish()`` on.
        public let place: MemberPath

        /// Takes both as they are.
        public init(path: MemberPath, place: MemberPath) {
            self.path = path
            self.place = place
        }
    }

    /// Has ``finish()`` keep the old files of these paths, as far as this transaction replaces or removes them.
    ///
    /// Call before ``commit()``.
    ///
    /// - Returns: Where each is kept. Whoever wants them gone later names the folders of these places in ``bidFarewell(to:)``.
    public func keepOld(of paths: Set<MemberPath>) -> [Kept] {
        var kept: [Kept] = []
        for change in journal.changes {
            switch change {
            case .directory, .exchange, .placing(_, _, _, replaces: false): continue
            case .placing(let path, let area, let number, replaces: true), .removal(let path, let area, let number):
                guard paths.contains(path) else { continue }
                kept.append(keep(path, StagingArea.oldName(number), in: area))
            }
        }
        return kept
    }

    func keep(_ path: MemberPath, _ name: MemberPath, in area: Int) -> Kept {
        journal.kept.insert(KeptName(area: area, name: name.text))
        return Kept(path: path, place: Self.file(name.text, in: journal.areas[area]))
    }

    /// Has ``finish()`` remove files, or folders with all that is in them, once there is no way back.
    public func bidFarewell(to trees: [MemberPath]) { journal.farewells += trees.map { .tree($0) } }

    /// Has ``finish()`` remove folders that are empty by then, in this order, once there is no way back.
    public func bidFarewellIfEmpty(to folders: [MemberPath]) { journal.farewells += folders.map { .emptyFolder($0) } }

    /// Prepares the return of a file or link that an earlier run kept: a second name of it is laid at `path`.
    ///
    /// - Throws: ``TransactionError/file(_:)`` with ``Errno/crossDevice`` when it is not on that mount any more.
    public func stageKept(_ kept: Kept) throws(TransactionError) {
        let (area, number, replaces) = try prepare(kept.path, owner: nil)
        guard let place = areas[area] else { fatalError("areas are open while staging") }
        try filing { () throws(FileError) in
            try effects.link(kept.place, in: root, to: StagingArea.newName(number), in: place.handle, "stage.kept")
        }
        journal.changes.append(.placing(path: kept.path, area: area, number: number, replaces: replaces))
    }
}

extension Transaction {
    /// Names a place in the staging folder on the mount of `path`, for a copy of what is there; the caller fills it.
    ///
    /// It goes when the transaction is undone, and stays after ``finish()``.
    public func stageCopy(of path: MemberPath) throws(TransactionError) -> Kept {
        let area = try area(for: path)
        number += 1
        return keep(path, StagingArea.copyName(number), in: area)
    }

    /// Prepares the return of a copy, a file or a whole folder: it takes the place of what is at `path` then.
    public func stageExchange(_ kept: Kept) throws(TransactionError) {
        let area = try area(for: kept.path)
        number += 1
        journal.changes.append(.exchange(path: kept.path, source: kept.place, area: area, number: number))
    }

    func exchange(_ path: MemberPath, source: MemberPath, area: Int, number: Int) throws(FileError) {
        guard let place = areas[area] else { fatalError("areas are open while committing") }
        if try root.information(of: path) != nil {
            let old = StagingArea.oldName(number)
            try effects.rename(path, in: root, to: old, in: place.handle, replacing: true, "commit.set-aside")
        }
        try effects.rename(source, to: path, in: root, "commit.bring-back")
    }

    /// Looks at what is there, as all undoing does.
    func exchangeBack(_ path: MemberPath, source: MemberPath, area: Int, number: Int) throws(FileError) {
        if try root.information(of: source) == nil, try root.information(of: path) != nil {
            try effects.rename(path, to: source, in: root, "undo.put-back")
            try effects.synchronizeDirectory(source.parent, in: root, "undo.synchronize")
        }
        let old = StagingArea.oldName(number)
        guard let place = areas[area], try place.handle.information(of: old) != nil else { return }
        try effects.rename(old, in: place.handle, to: path, in: root, replacing: true, "undo.return")
    }

    /// Sends what ``finish()`` was asked to on its way; what is gone already is no error.
    func sayFarewells() throws(FileError) {
        for farewell in journal.farewells {
            switch farewell {
            case .tree(let path):
                guard try root.information(of: path) != nil else { continue }
                try effects.removeTree(path, in: root, "farewell.tree")
                try effects.synchronizeDirectory(path.parent, in: root, "farewell.parent")
            case .emptyFolder(let path):
                guard try root.information(of: path)?.kind == .directory else { continue }
                guard try removeFolder(path, "farewell.folder") else { continue }
                try effects.synchronizeDirectory(path.parent, in: root, "farewell.parent")
            }
        }
    }

    /// Removes what is in a staging folder and is not kept, and the folder if nothing is.
    func clearArea(_ index: Int) throws(FileError) {
        let folder = journal.areas[index]
        let kept = Set(journal.kept.filter { $0.area == index }.map(\.name))
        guard try root.information(of: folder) != nil else { return }
        guard !kept.isEmpty else {
            try effects.removeTree(folder, in: root, "clear.staging")
            try effects.synchronizeDirectory(folder.parent, in: root, "clear.parent")
            return
        }
        for name in try root.open(folder).entries() where !kept.contains(name) {
            try effects.removeTree(Self.file(name, in: folder), in: root, "clear.staged")
        }
        try effects.synchronizeDirectory(folder, in: root, "clear.area")
    }
}
