import CLinux
import Glibc
public import Values

extension DirectoryHandle {
    /// Makes a folder with exactly this mode, whatever the umask (mkdirat(2), fchmodat(2)).
    public func makeDirectory(_ path: MemberPath, mode: FileMode = .executable) throws(FileError) {
        try unsafe changing("make the folder", path) { (folder, name) throws(Errno) in
            // Narrow first: nobody shall look in before the mode is right.
            _ = try restarting { unsafe mkdirat(folder, name, 0o700) }
            _ = try restarting { unsafe fchmodat(folder, name, mode_t(mode.bits), AT_SYMLINK_NOFOLLOW) }
        }
    }

    /// Makes a folder and those above it that are missing; what exists stays as it is.
    ///
    /// - Returns: The folders that were made, outermost first.
    @discardableResult
    public func makeDirectories(_ path: MemberPath, mode: FileMode = .executable) throws(FileError) -> [MemberPath] {
        var made: [MemberPath] = []
        for folder in path.ancestors + [path] {
            do throws(FileError) {
                try makeDirectory(folder, mode: mode)
                made.append(folder)
            } catch {
                guard error.errno == .exists else { throw error }
            }
        }
        // What existed may be a file or a link: opening tells.
        if made.last != path { _ = try open(path) }
        return made
    }

    /// Gives a file, folder or link another name, in the place of what had it (renameat(2)).
    public func rename(_ path: MemberPath, to new: MemberPath) throws(FileError) {
        try rename(path, to: new, in: self)
    }

    /// Moves to another folder on the same mount.
    ///
    /// - Parameter replacing: `false` to fail with ``Errno/exists`` when the new name is taken (RENAME_NOREPLACE).
    public func rename(
        _ path: MemberPath, to new: MemberPath, in other: borrowing DirectoryHandle, replacing: Bool = true
    ) throws(FileError) {
        try move("rename to \"\(other.path.appending(new))\" the file", path, new, other, flags: replacing ? 0 : 1)
    }

    /// Has two names change their places in one step (renameat2(2), RENAME_EXCHANGE). Both must exist.
    public func exchange(_ path: MemberPath, _ other: MemberPath) throws(FileError) {
        try exchange(path, with: other, in: self)
    }

    /// Has a name here and one in another folder of the same mount change their places in one step.
    public func exchange(
        _ path: MemberPath, with other: MemberPath, in folder: borrowing DirectoryHandle
    ) throws(FileError) {
        try move("exchange with \"\(folder.path.appending(other))\" the file", path, other, folder, flags: 2)
    }

    /// Gives a file a second name; of a link, the link itself (linkat(2)).
    public func link(_ path: MemberPath, to new: MemberPath) throws(FileError) {
        try link(path, to: new, in: self)
    }

    /// Gives a file a second name in another folder of the same mount.
    public func link(
        _ path: MemberPath, to new: MemberPath, in other: borrowing DirectoryHandle
    ) throws(FileError) {
        try unsafe pairing("link to", path, new, other) { (oldFolder, old, newFolder, name) throws(Errno) in
            _ = try restarting { unsafe linkat(oldFolder, old, newFolder, name, 0) }
        }
    }

    /// Makes a link that says `target`, which is not looked at (symlinkat(2)).
    public func makeSymbolicLink(_ path: MemberPath, target: String) throws(FileError) {
        try unsafe changing("make the link", path) { (folder, name) throws(Errno) in
            try unsafe withCName(Array(target.utf8)) { (target) throws(Errno) in
                _ = try restarting { unsafe symlinkat(target, folder, name) }
            }
        }
    }

    /// Removes the name of a file or link (unlinkat(2)).
    public func remove(_ path: MemberPath) throws(FileError) {
        try unsafe changing("remove", path) { (folder, name) throws(Errno) in
            _ = try restarting { unsafe unlinkat(folder, name, 0) }
        }
    }

    /// Removes an empty folder (unlinkat(2), AT_REMOVEDIR).
    public func removeDirectory(_ path: MemberPath) throws(FileError) {
        try unsafe changing("remove the folder", path) { (folder, name) throws(Errno) in
            _ = try restarting { unsafe unlinkat(folder, name, AT_REMOVEDIR) }
        }
    }

    /// Sets the twelve permission bits of a file or folder; a link is refused (fchmodat(2)).
    public func setMode(of path: MemberPath, bits: UInt16) throws(FileError) {
        try unsafe changing("set the mode of", path) { (folder, name) throws(Errno) in
            _ = try restarting { unsafe fchmodat(folder, name, mode_t(bits), AT_SYMLINK_NOFOLLOW) }
        }
    }

    /// Sets owner and group; of a link, those of the link itself (fchownat(2)).
    public func setOwner(of path: MemberPath, _ owner: UInt32, group: UInt32) throws(FileError) {
        try unsafe changing("set the owner of", path) { (folder, name) throws(Errno) in
            _ = try restarting { unsafe fchownat(folder, name, owner, group, AT_SYMLINK_NOFOLLOW) }
        }
    }

    /// Makes the names in this folder durable (fsync(2)). An error is final, see ``FileDescriptor/synchronize()``.
    public func synchronize() throws(FileError) { try descriptor.synchronizeNames() }

    /// Makes everything on this file system durable (syncfs(2); tells of errors since Linux 5.8).
    public func synchronizeFileSystem() throws(FileError) {
        _ = try doing("make durable the file system of", path) { () throws(Errno) in
            try restarting { syncfs(rawValue) }
        }
    }
}

extension DirectoryHandle {
    private func changing(
        _ operation: String, _ path: MemberPath,
        _ body: (_ folder: Int32, _ name: UnsafePointer<CChar>) throws(Errno) -> Void
    ) throws(FileError) {
        do throws(Errno) { try unsafe inParent(of: path, body) } catch {
            throw FileError(operation, self.path.appending(path), error)
        }
    }

    private func move(
        _ operation: String, _ path: MemberPath, _ new: MemberPath, _ other: borrowing DirectoryHandle, flags: UInt32
    ) throws(FileError) {
        try unsafe pairing(operation, path, new, other) { (oldFolder, old, newFolder, name) throws(Errno) in
            _ = try restarting {
                unsafe flags == 0
                    ? renameat(oldFolder, old, newFolder, name)
                    : sealift_renameat2(oldFolder, old, newFolder, name, flags)
            }
        }
    }

    private func pairing(
        _ operation: String, _ path: MemberPath, _ new: MemberPath, _ other: borrowing DirectoryHandle,
        _ body: (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>) throws(Errno) -> Void
    ) throws(FileError) {
        do throws(Errno) {
            try unsafe inParent(of: path) { (oldFolder, old) throws(Errno) in
                try unsafe other.inParent(of: new) { (newFolder, name) throws(Errno) in
                    try unsafe body(oldFolder, old, newFolder, name)
                }
            }
        } catch {
            throw FileError(operation, self.path.appending(path), error)
        }
    }
}
