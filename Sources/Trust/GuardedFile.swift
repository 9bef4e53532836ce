import Posix
import Values

/// A file that decides whom to believe: only its owner, who is root or the one who asks, can have written it.
enum GuardedFile {
    /// The bits of a mode by which others than the owner may write.
    private static let writableByOthers: UInt16 = 0o022

    /// The content of a file, seen as safe on the open descriptor; a link is not followed and a pipe not waited for.
    static func read(
        _ path: FilePath, limit: ByteCount, user: UInt32 = System.userID
    ) throws(TrustError) -> [UInt8] {
        let found: FileInformation
        let bytes: [UInt8]
        do throws(FileError) {
            let file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking])
            found = try file.information()
            bytes = found.kind == .file ? try file.readToEnd(limit: limit) : []
        } catch {
            switch error.errno {
            case .symbolicLink, .noDevice: throw .unguardedPolicy(path, .notRegular)
            default: throw .file(error)
            }
        }
        if let fault = fault(of: found, user: user) { throw .unguardedPolicy(path, fault) }
        return bytes
    }

    /// What is wrong with a file for `user`, if anything is.
    static func fault(of file: FileInformation, user: UInt32) -> TrustError.Unguarded? {
        guard file.kind == .file else { return .notRegular }
        guard file.owner == 0 || file.owner == user else { return .owner(file.owner) }
        guard file.mode & writableByOthers == 0 else { return .writable(file.mode) }
        return nil
    }
}
