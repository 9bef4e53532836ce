import CLinux
import Glibc
public import Values

extension FileDescriptor {
    /// Writes all of `bytes` at the current position (write(2), again after each short write).
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try unsafe writeAll(bytes) { rest, _ in unsafe CLinux.write(rawValue, rest.baseAddress, rest.count) }
    }

    /// Writes all of `bytes` at `offset` without moving the position (pwrite(2)).
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        try unsafe writeAll(bytes) { rest, done in
            unsafe pwrite(rawValue, rest.baseAddress, rest.count, offset + done)
        }
    }

    /// Writes all of `bytes` at the current position.
    public func write(_ bytes: [UInt8]) throws(FileError) {
        try unsafe bytes.withBytes { (bytes) throws(FileError) in try unsafe write(bytes) }
    }

    /// Writes all of `bytes` at `offset` without moving the position.
    public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        try unsafe bytes.withBytes { (bytes) throws(FileError) in try unsafe write(bytes, at: offset) }
    }

    private func writeAll(
        _ bytes: UnsafeRawBufferPointer, _ call: (_ rest: UnsafeRawBufferPointer, _ done: Int) -> Int
    ) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = try doing("write to", path) { () throws(Errno) in try restarting { unsafe call(rest, done) } }
            // POSIX knows no zero from a write of more than nothing; a loop that trusts it would never end.
            guard count > 0 else { throw FileError("write to", path, .noSpace) }
            done += count
        }
    }

    /// Makes length, content and attributes durable (fsync(2)).
    ///
    /// An error is final: the kernel may call the lost pages clean, so that a second fsync succeeds. The file is then
    /// garbage; write it again from its source.
    public func synchronize() throws(FileError) {
        _ = try doing("make durable", path) { () throws(Errno) in try restarting { fsync(rawValue) } }
    }

    /// Makes the names in a folder durable, where the file system knows how: some of the network say EINVAL.
    func synchronizeNames() throws(FileError) {
        do throws(FileError) { try synchronize() } catch {
            guard error.errno == .invalid else { throw error }
        }
    }

    /// Makes content and length durable, not the times (fdatasync(2)). An error is final, see ``synchronize()``.
    public func synchronizeData() throws(FileError) {
        _ = try doing("make durable", path) { () throws(Errno) in try restarting { fdatasync(rawValue) } }
    }

    /// Asks the kernel to start writing these bytes out, without waiting (sync_file_range(2)).
    ///
    /// Only evens out the load before ``synchronize()``; promises nothing. Does nothing where there is no such call.
    public func startWriteback(from offset: Int, count: Int) throws(FileError) {
        try hint("write out") {
            sync_file_range(rawValue, offset, count, UInt32(SEALIFT_SYNC_FILE_RANGE_WRITE))
        }
    }

    /// Waits until these bytes are written out (sync_file_range(2)), so that their pages can be dropped and used again.
    ///
    /// Bounds how much waits in memory for a slow medium; no more durable than ``startWriteback(from:count:)``.
    public func finishWriteback(from offset: Int, count: Int) throws(FileError) {
        try hint("write out") {
            sync_file_range(rawValue, offset, count, UInt32(SEALIFT_SYNC_FILE_RANGE_WRITE_AND_WAIT))
        }
    }

    /// Sets the length (ftruncate(2)).
    public func truncate(to size: ByteCount) throws(FileError) {
        _ = try doing("set the length of", path) { () throws(Errno) in
            try restarting { ftruncate(rawValue, size.bytes) }
        }
    }

    /// Has room for `size` bytes set aside without changing the length (fallocate(2), FALLOC_FL_KEEP_SIZE).
    ///
    /// Does nothing on file systems that cannot, FAT among them.
    public func reserve(_ size: ByteCount) throws(FileError) {
        guard size.bytes > 0 else { return }
        try hint("reserve room for") { fallocate(rawValue, Int32(SEALIFT_FALLOC_FL_KEEP_SIZE), 0, size.bytes) }
    }

    /// A call that may be missing here: then there is nothing to do, and nothing is lost.
    private func hint(_ operation: String, _ call: () -> Int32) throws(FileError) {
        do throws(Errno) { _ = try restarting(call) } catch {
            guard error != .notSupported, error != .noSuchCall, error != .isPipe else { return }
            throw FileError(operation, path, error)
        }
    }
}
