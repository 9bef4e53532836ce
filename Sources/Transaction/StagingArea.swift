import Posix
import Values

/// A private folder on the mount of some targets: new files grow here, and old ones are kept here until the end.
///
/// `new-7` is what will be laid by change 7, `old-7` a second name of what it replaces.
final class StagingArea: Sendable {
    /// Below the target's root.
    let folder: MemberPath
    /// The open folder. Opened before the first write, so that syncfs(2) tells of every error since.
    let handle: DirectoryHandle

    init(folder: MemberPath, handle: consuming DirectoryHandle) {
        self.folder = folder
        self.handle = handle
    }

    static func newName(_ number: Int) -> MemberPath { name("new-\(number)") }
    static func oldName(_ number: Int) -> MemberPath { name("old-\(number)") }

    static func copyName(_ number: Int) -> MemberPath { name("copy-\(number)") }

    private static func name(_ text: String) -> MemberPath {
        do { return try MemberPath(validating: text) } catch { fatalError("\(text) is a good name: \(error)") }
    }
}

/// Finds the folder of each mount where staging is out of sight of the platform.
struct StagingPlaces {
    /// What the folder is called, on every mount: `.sealift-` and the name of the run.
    let name: String
    /// Folders that the platform watches; nothing is staged in them or below.
    let watched: [MemberPath]

    /// The staging folder for what is laid at `path`: in the outermost folder on the same mount that is not watched.
    ///
    /// Mounts are told apart by their number, and subvolumes of one mount by their device: both stop renames or links.
    ///
    /// - Parameter new: Folders that this transaction makes: they go when it is undone, so nothing is staged in them.
    func place(
        for path: MemberPath, in root: borrowing DirectoryHandle, beside new: Set<MemberPath>
    ) throws(TransactionError) -> MemberPath {
        let existing = try existingAncestors(of: path, in: root).filter { !new.contains($0) }
        let home = try identity(of: existing.last, in: root)
        for folder in existing where !isWatched(folder) {
            if try identity(of: folder, in: root) == home { return try member(folder.text + "/" + name, root) }
        }
        guard try identity(of: nil, in: root) == home else { throw .nowhereToStage(path: root.path.appending(path)) }
        return try member(name, root)
    }

    /// The folders above `path` that are there, outermost first.
    private func existingAncestors(
        of path: MemberPath, in root: borrowing DirectoryHandle
    ) throws(TransactionError) -> [MemberPath] {
        var found: [MemberPath] = []
        for folder in path.ancestors {
            guard let information = try filing({ () throws(FileError) in try root.information(of: folder) }) else {
                break
            }
            guard information.kind == .directory else {
                throw .conflict(path: root.path.appending(folder), found: information.kind)
            }
            found.append(folder)
        }
        return found
    }

    private struct Identity: Equatable {
        var mount: UInt64
        var device: UInt64
    }

    private func identity(of folder: MemberPath?, in root: borrowing DirectoryHandle) throws(TransactionError)
        -> Identity
    {
        try filing { () throws(FileError) in
            guard let folder else {
                return Identity(mount: try root.mountID(), device: try root.information().device)
            }
            let handle = try root.open(folder)
            return Identity(mount: try handle.mountID(), device: try handle.information().device)
        }
    }

    private func isWatched(_ folder: MemberPath) -> Bool {
        watched.contains { $0 == folder || folder.ancestors.contains($0) }
    }

    private func member(_ text: String, _ root: borrowing DirectoryHandle) throws(TransactionError) -> MemberPath {
        do throws(MemberPath.Refusal) { return try MemberPath(validating: text) } catch {
            throw .file(FileError("stage in", root.path.appending(text), .nameTooLong))
        }
    }
}
