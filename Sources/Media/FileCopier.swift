import LibCrypto
import Posix
import Values

/// Copies files and hashes what it reads.
struct FileCopier: ~Copyable {
    /// At most so many bytes wait for a slow medium, so that progress tells the truth.
    private static let window = 32 << 20
    private let buffer = Buffer(capacity: 1 << 20)
    /// Told of each step, in bytes.
    let advance: (Int) -> Void

    /// Copies `name` from one folder to the other, durably.
    ///
    /// - Returns: The digest of what was written.
    func copy(
        _ name: MemberPath, from source: borrowing DirectoryHandle, to target: borrowing DirectoryHandle
    ) throws(FileError) -> SHA256Digest {
        let input = try source.openFile(name, .readOnly)
        let mode = try input.information().mode & 0o777
        let output = try target.openFile(name, .writeOnly, options: [.create, .exclusive])
        var context = SHA256Context()
        var done = 0
        var waiting = 0
        while try fill(from: input, at: done) {
            try unsafe output.write(buffer.filled)
            unsafe context.update(buffer.filled)
            done += buffer.count
            advance(buffer.count)
            guard done - waiting >= Self.window else { continue }
            try output.startWriteback(from: waiting, count: done - waiting)
            try output.finishWriteback(from: waiting, count: done - waiting)
            waiting = done
        }
        try output.setMode(bits: mode)
        try output.synchronize()
        return context.finalize()
    }

    /// The digest of `name` as the medium has it, past the page cache.
    func digest(of name: MemberPath, in folder: borrowing DirectoryHandle) throws(FileError) -> SHA256Digest {
        let input = try folder.openFile(name, .readOnly)
        try input.dropCache()
        var context = SHA256Context()
        var done = 0
        while try fill(from: input, at: done) {
            unsafe context.update(buffer.filled)
            done += buffer.count
            advance(buffer.count)
        }
        return context.finalize()
    }

    /// Reads the next stretch into the buffer; `false` at the end.
    private func fill(from input: borrowing FileDescriptor, at offset: Int) throws(FileError) -> Bool {
        buffer.count = try unsafe input.readFully(into: buffer.bytes, at: offset)
        return buffer.count > 0
    }
}
