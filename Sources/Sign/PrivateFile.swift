import LibCrypto
import Posix
import Values

/// A file that only its owner may see.
enum PrivateFile {
    /// Any bit for group or others.
    private static let othersMask: UInt16 = 0o077

    /// Opens `path` once, and looks at what was opened, not at the name.
    ///
    /// - Parameter user: Who runs this program; files of root are trusted too.
    static func open(_ path: FilePath, user: UInt32) throws(SignError) -> FileDescriptor {
        let file = try openUnchecked(path)
        let information = try attempt { () throws(FileError) in try file.information() }
        guard information.kind == .file else { throw .notAFile(path) }
        guard information.owner == user || information.owner == 0 else {
            throw .foreignOwner(path, owner: information.owner)
        }
        guard information.mode & othersMask == 0 else { throw .openToOthers(path, mode: information.mode) }
        return file
    }

    private static func openUnchecked(_ path: FilePath) throws(SignError) -> FileDescriptor {
        do throws(FileError) {
            // Non-blocking: a pipe of that name must not hold the program.
            return try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking])
        } catch {
            throw error.errno == .symbolicLink ? .symbolicLink(path) : .file(error)
        }
    }

    /// The whole content, in memory that is wiped.
    static func read(_ path: FilePath, limit: ByteCount, user: UInt32) throws(SignError) -> SecretBytes {
        let file = try open(path, user: user)
        let content = try attempt { () throws(FileError) in
            try unsafe SecretBytes(capacity: limit.bytes + 1) { memory throws(FileError) in
                try unsafe file.readFully(into: memory)
            }
        }
        guard content.count <= limit.bytes else { throw .tooLong(path, limit: limit) }
        return content
    }
}
