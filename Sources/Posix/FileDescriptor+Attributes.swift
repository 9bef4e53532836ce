import CLinux
import Glibc
public import Values

extension FileDescriptor {
    /// What the kernel knows about the open file (fstat(2)).
    public func information() throws(FileError) -> FileInformation {
        var status = stat()
        _ = try doing("look at", path) { () throws(Errno) in try restarting { unsafe fstat(rawValue, &status) } }
        return FileInformation(status)
    }

    /// Sets the permission bits exactly, whatever the umask (fchmod(2)). Set the owner first: chown clears bits.
    public func setMode(_ mode: FileMode) throws(FileError) { try setMode(bits: mode.bits) }

    /// Sets all twelve permission bits, to put back what was found.
    public func setMode(bits: UInt16) throws(FileError) {
        _ = try doing("set the mode of", path) { () throws(Errno) in try restarting { fchmod(rawValue, mode_t(bits)) } }
    }

    /// Sets owner and group (fchown(2)); only root may give files away.
    public func setOwner(_ owner: UInt32, group: UInt32) throws(FileError) {
        _ = try doing("set the owner of", path) { () throws(Errno) in try restarting { fchown(rawValue, owner, group) }
        }
    }

    /// Takes the lock on this file without waiting (flock(2), LOCK_NB); closing lets it go.
    ///
    /// Changing one kind into the other is not atomic, and a failure to do so leaves no lock at all.
    /// - Parameter shared: Whether others may hold a shared lock at the same time.
    /// - Returns: `false` when another open file description holds it, in this process or another.
    public func tryLock(shared: Bool = false) throws(FileError) -> Bool {
        do throws(Errno) {
            _ = try restarting { flock(rawValue, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) }
            return true
        } catch {
            guard error == .wouldBlock else { throw FileError("lock", path, error) }
            return false
        }
    }

    /// Forgets what the page cache holds of this file, so that the next read comes from the medium
    /// (posix_fadvise(2), POSIX_FADV_DONTNEED). Pages not yet written out stay: ``synchronize()`` first.
    public func dropCache() throws(FileError) { try advise(POSIX_FADV_DONTNEED, from: 0, count: 0) }

    /// Forgets what the page cache holds of these bytes, as ``dropCache()`` does of all.
    public func dropCache(from offset: Int, count: Int) throws(FileError) {
        try advise(POSIX_FADV_DONTNEED, from: offset, count: count)
    }

    /// Tells the kernel to read far ahead (POSIX_FADV_SEQUENTIAL).
    public func adviseSequential() throws(FileError) { try advise(POSIX_FADV_SEQUENTIAL, from: 0, count: 0) }

    /// Has the kernel start reading these bytes into its cache, without waiting (POSIX_FADV_WILLNEED).
    public func prefetch(from offset: Int, count: Int) throws(FileError) {
        try advise(POSIX_FADV_WILLNEED, from: offset, count: count)
    }

    private func advise(_ advice: Int32, from offset: Int, count: Int) throws(FileError) {
        // Returns the error instead of setting errno.
        let status = posix_fadvise(rawValue, offset, count, advice)
        guard status != 0 else { return }
        let error = Errno(rawValue: status)
        guard error != .isPipe, error != .noSuchCall else { return }
        throw FileError("advise the kernel about", path, error)
    }

    /// Moves the position (lseek(2), SEEK_SET).
    public func seek(to offset: Int) throws(FileError) {
        _ = try doing("move within", path) { () throws(Errno) in try restarting { lseek(rawValue, offset, SEEK_SET) } }
    }
}
