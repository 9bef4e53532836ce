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
    let places: StagingPlaces
    /// Whether syncfs(2) tells of errors, so that it can stand for an fsync(2) of each file (Linux 5.8).
    let trustsFileSystemSync: Bool

    var journal = Journal()
    var areas: [StagingArea?] = []
    var areaOfFolder: [MemberPath?: Int] = [:]
    var staged: [StagedFile] = []
    /// The number of the last file or link.
    var number = 0
    /// What stood at each path when its change was prepared.
    var found: [(path: MemberPath, information: FileInformation?)] = []
    var newFolders: Set<MemberPath> = []
    /// Folders that were seen.
    var oldFolders: Set<MemberPath> = []
    /// Whether the journal is on disk.
    var hasJournal = false
    /// Whether the point of no return is behind.
    var isFinished = false
    /// So many of the changes are in the journal on disk: these names of the target may have changed.
    var journaled = 0

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
        journaled = journal.changes.count
        for folder in journal.areas { areas.append(try openArea(folder)) }
    }

    static func journalFile(_ state: MemberPath) -> MemberPath { file("journal", in: state) }
    static func freshFile(_ state: MemberPath) -> MemberPath { file("journal.new", in: state) }
    static func attemptsFile(_ state: MemberPath) -> MemberPath { file("attempts", in: state) }
    static func doneFile(_ state: MemberPath) -> MemberPath { file("journal.done", in: state) }

    /// All files of the state folder that are ours; what says that something is to be done goes before what counts.
    static func ownFiles(_ state: MemberPath) -> [MemberPath] {
        [freshFile(state), journalFile(state), doneFile(state), attemptsFile(state)]
    }

    static func file(_ name: String, in state: MemberPath) -> MemberPath {
        do { return try MemberPath(validating: state.text + "/" + name) } catch {
            fatalError("the state folder is a short path of ours: \(error)")
        }
    }
}
