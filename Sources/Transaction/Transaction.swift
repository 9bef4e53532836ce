public import Posix
public import Values

/// A change of many files of one target that happens wholly or not at all.
///
/// First everything is staged: new files grow in private folders on their targets' own mounts, and no name of the target
/// changes. ``seal()`` makes that durable. ``commit()`` changes the names, keeping a second name of everything replaced.
/// ``finish()`` lets the old go. Until then ``undo()`` brings back exactly what was there: content, modes, owners, links,
/// listings. A run that was cut off is undone, or cleared away after ``finish()``, by ``recover(root:state:effects:)``.
///
/// Used by one thread, save for ``StagedFile``. Whoever changes a target holds its ``TargetLock``.
public final class Transaction {
    let root: DirectoryHandle
    let effects: any FileEffects
    let state: MemberPath
    private let places: StagingPlaces
    /// Whether syncfs(2) tells of errors, so that it can stand for an fsync(2) of each file (Linux 5.8).
    private let trustsFileSystemSync: Bool

    var journal = Journal()
    var areas: [StagingArea?] = []
    private var areaOfFolder: [MemberPath?: Int] = [:]
    private var staged: [StagedFile] = []
    /// The number of the last file or link.
    private var number = 0
    /// What stood at each path when its change was prepared.
    private var found: [(path: MemberPath, information: FileInformation?)] = []
    private var newFolders: Set<MemberPath> = []
    /// Folders that were seen.
    private var oldFolders: Set<MemberPath> = []
    /// Whether the journal is on disk.
    var hasJournal = false
    /// Whether names of the target may have changed.
    var hasBegun = false

    /// Begins: makes the state folder where it is missing, and changes nothing else.
    ///
    /// - Parameters:
    ///   - root: The target's root folder.
    ///   - state: The folder below it that keeps the journal, such as `var/lib/sealift`.
    ///   - name: A name for this run that nobody can guess, for its staging folders.
    ///   - watched: Folders that the platform watches: nothing is staged there.
    ///   - trustsFileSystemSync: Whether the kernel's syncfs tells of errors, which it does from 5.8 on.
    /// - Throws: ``TransactionError/interrupted(journal:)`` when an earlier run must be recovered first.
    public init(
        root: FilePath, state: MemberPath, name: String, watched: [MemberPath] = [], trustsFileSystemSync: Bool,
        effects: any FileEffects
    ) throws(TransactionError) {
        let handle = try filing { () throws(FileError) in try DirectoryHandle.open(root) }
        for file in [Self.journalFile(state), Self.doneFile(state)] {
            guard try filing({ () throws(FileError) in try handle.information(of: file) }) == nil else {
                throw .interrupted(journal: handle.path.appending(file))
            }
        }
        self.root = handle
        self.state = state
        self.effects = effects
        self.trustsFileSystemSync = trustsFileSystemSync
        places = StagingPlaces(name: ".sealift-" + name, watched: watched)
        for folder in state.ancestors + [state] where try existing(folder) == nil {
            journal.made.append(folder)
        }
    }

    init(
        resuming journal: Journal, root: consuming DirectoryHandle, state: MemberPath, effects: any FileEffects
    ) throws(TransactionError) {
        self.root = root
        self.state = state
        self.effects = effects
        self.journal = journal
        trustsFileSystemSync = false
        places = StagingPlaces(name: "", watched: [])
        hasJournal = true
        hasBegun = true
        for folder in journal.areas { areas.append(try openArea(folder)) }
    }

    static func journalFile(_ state: MemberPath) -> MemberPath { file("journal", in: state) }
    static func freshFile(_ state: MemberPath) -> MemberPath { file("journal.new", in: state) }
    static func doneFile(_ state: MemberPath) -> MemberPath { file("journal.done", in: state) }

    private static func file(_ name: String, in state: MemberPath) -> MemberPath {
        do { return try MemberPath(validating: state.text + "/" + name) } catch {
            fatalError("the state folder is a short path of ours: \(error)")
        }
    }
}

extension Transaction {
    /// Prepares a folder, and those above it that are missing. What exists stays as it is.
    ///
    /// - Returns: The folders that will be made, outermost first.
    @discardableResult
    public func stageDirectory(_ path: MemberPath, _ attributes: Attributes) throws(TransactionError) -> [MemberPath] {
        var made: [MemberPath] = []
        guard !newFolders.contains(path), !oldFolders.contains(path) else { return [] }
        for folder in path.ancestors + [path] where !newFolders.contains(folder) && !oldFolders.contains(folder) {
            if let information = try existing(folder) {
                guard information.kind == .directory else { throw conflict(folder, information) }
                oldFolders.insert(folder)
                continue
            }
            let isAsked = folder == path
            let usual = Attributes(mode: .executable, owner: attributes.owner.map { _ in .root })
            journal.changes.append(.directory(path: folder, isAsked ? attributes : usual))
            newFolders.insert(folder)
            made.append(folder)
        }
        return made
    }

    /// Prepares a file of `size` bytes in the place of what may stand there; its bytes are then written to it.
    public func stageFile(
        _ path: MemberPath, _ attributes: Attributes, size: ByteCount
    ) throws(TransactionError) -> StagedFile {
        let (area, number, replaces) = try prepare(path, owner: attributes.owner)
        guard let place = areas[area] else { fatalError("areas are open while staging") }
        let file = StagedFile(
            path: path, size: size, attributes: attributes, area: place, name: StagingArea.newName(number),
            effects: effects, isDurableAlone: !trustsFileSystemSync)
        try filing { () throws(FileError) in try file.announce() }
        journal.changes.append(.placing(path: path, area: area, number: number, replaces: replaces))
        staged.append(file)
        return file
    }

    /// Prepares a file with this content.
    @discardableResult
    public func stageFile(
        _ path: MemberPath, _ attributes: Attributes, content: [UInt8]
    ) throws(TransactionError) -> StagedFile {
        let file = try stageFile(path, attributes, size: ByteCount(content.count))
        let result: Result<Void, FileError> = unsafe content.withUnsafeBytes { bytes in
            do throws(FileError) { return .success(try unsafe file.write(bytes, at: 0)) } catch {
                return .failure(error)
            }
        }
        try filing { () throws(FileError) in try result.get() }
        return file
    }

    /// Prepares a symbolic link in the place of what may stand there.
    public func stageLink(_ path: MemberPath, target: String, owner: Attributes.Owner?) throws(TransactionError) {
        let (area, number, replaces) = try prepare(path, owner: owner)
        guard let place = areas[area] else { fatalError("areas are open while staging") }
        try filing { () throws(FileError) in
            let name = StagingArea.newName(number)
            try effects.makeSymbolicLink(name, in: place.handle, target: target, "stage.link")
            if let owner {
                try effects.setOwner(of: name, in: place.handle, owner.user, group: owner.group, "stage.link-owner")
            }
        }
        journal.changes.append(.placing(path: path, area: area, number: number, replaces: replaces))
    }

    /// Prepares the removal of a file or link; nothing there is no error.
    public func stageRemoval(_ path: MemberPath) throws(TransactionError) {
        guard try existing(path) != nil else { return }
        let (area, number, _) = try prepare(path, owner: nil)
        journal.changes.append(.removal(path: path, area: area, number: number))
    }

    /// Finds area and number for a change at `path`, and notes what stands there.
    private func prepare(_ path: MemberPath, owner: Attributes.Owner?) throws(TransactionError)
        -> (area: Int, number: Int, replaces: Bool)
    {
        // First the folders: what is no folder on the way shall be named itself.
        if let parent = path.parent { try stageDirectory(parent, Attributes(mode: .executable, owner: owner)) }
        // In a folder that is not there yet, nothing is there yet; making that folder will tell if that changes.
        let isInNewFolder = path.parent.map(newFolders.contains) ?? false
        let information = isInNewFolder ? nil : try existing(path)
        if let information, information.kind != .file, information.kind != .link {
            throw conflict(path, information)
        }
        number += 1
        if !isInNewFolder { found.append((path, information)) }
        return (try area(for: path), number, information != nil)
    }

    private func existing(_ path: MemberPath) throws(TransactionError) -> FileInformation? {
        try filing { () throws(FileError) in try root.information(of: path) }
    }

    private func conflict(_ path: MemberPath, _ information: FileInformation) -> TransactionError {
        .conflict(path: root.path.appending(path), found: information.kind)
    }
}

extension Transaction {
    /// The staging folder for `path`, made when it is the first on its mount.
    private func area(for path: MemberPath) throws(TransactionError) -> Int {
        if let known = areaOfFolder[path.parent] { return known }
        let folder = try places.place(for: path, in: root)
        let index: Int
        if let same = journal.areas.firstIndex(of: folder) {
            index = same
        } else {
            index = journal.areas.count
            journal.areas.append(folder)
            try writeJournal(changes: [])
            try filing { () throws(FileError) in
                try effects.makeDirectory(folder, in: root, mode: .secretDirectory, "stage.folder")
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

    /// Makes the journal durable. Until the commit it names staging folders only: there is nothing else to undo.
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
            for case let area? in areas {
                if trustsFileSystemSync {
                    try effects.synchronizeFileSystem(of: area.handle, "seal.file-system")
                } else {
                    try effects.synchronizeDirectory(nil, in: area.handle, "seal.folder")
                }
            }
        }
    }

    /// Whether nothing was prepared that would change a name.
    public var isEmpty: Bool { journal.changes.isEmpty }

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
