import LibCrypto
import Posix
import Values

/// A file that did not exist before: what exists is never touched, and no link is followed.
enum NewFile {
    /// Writes a secret that only its owner may see, and makes it durable.
    static func create(_ path: FilePath, secret: SecretBytes) throws(SignError) {
        try create(path, permissions: .secret) { (file: borrowing FileDescriptor) throws(FileError) in
            try unsafe secret.withUnsafeBytes { bytes throws(FileError) in try unsafe file.write(bytes) }
        }
    }

    /// Writes what everybody may read, and makes it durable.
    static func create(_ path: FilePath, open content: [UInt8]) throws(SignError) {
        try create(path, permissions: .file) { (file: borrowing FileDescriptor) throws(FileError) in
            try file.write(content)
        }
    }

    private static func create(
        _ path: FilePath, permissions: FileMode, write: (borrowing FileDescriptor) throws(FileError) -> Void
    ) throws(SignError) {
        let file = try open(path, permissions: permissions)
        do throws(FileError) {
            try write(file)
            try file.synchronize()
            try file.close()
        } catch {
            try? Files.remove(path)  // the first error is the one to tell
            throw .file(error)
        }
    }

    private static func open(_ path: FilePath, permissions: FileMode) throws(SignError) -> FileDescriptor {
        do throws(FileError) {
            return try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusive, .noFollow], permissions: permissions)
        } catch {
            throw error.errno == .exists ? .keyExists(path) : .file(error)
        }
    }
}
