import Posix
import Values

/// A regular file of a bundle, open for reading.
///
/// A class, so that a reader can hold the one it has open and let go of it for the next.
final class RegularFile: Sendable {
    let descriptor: FileDescriptor
    /// Its size when it was opened.
    let size: ByteCount

    init(_ descriptor: consuming FileDescriptor, size: ByteCount) {
        self.descriptor = descriptor
        self.size = size
    }
}

extension DirectoryHandle {
    /// Opens a regular file of a bundle for reading; a link is not followed and a pipe not waited for.
    ///
    /// - Returns: `nil` when there is nothing of that name.
    borrowing func openRegular(_ name: String) throws(VerifyError) -> RegularFile? {
        do throws(FileError) {
            let descriptor = try openFile(member(name), .readOnly)
            let size = try descriptor.information().size
            return RegularFile(descriptor, size: size)
        } catch {
            switch error.errno {
            case .notFound: return nil
            // `openFile` says EINVAL of pipes and devices; the others are links, sockets, folders, and a file where a folder should be.
            case .invalid, .isDirectory, .symbolicLink, .noDevice, .notDirectory: throw .notRegular(name: name)
            default: throw .file(error)
            }
        }
    }

    /// A regular file of a bundle, read whole; `nil` when it is not there.
    borrowing func readRegular(_ name: String, limit: ByteCount) throws(VerifyError) -> [UInt8]? {
        guard let file = try openRegular(name) else { return nil }
        guard file.size <= limit else { throw .tooLarge(name: name, limit: limit) }
        do throws(FileError) { return try file.descriptor.readToEnd(limit: limit) } catch {
            guard error.errno != .tooLarge else { throw .tooLarge(name: name, limit: limit) }
            throw .file(error)
        }
    }

    /// Names in SHA256SUMS are member paths by its grammar.
    private func member(_ name: String) throws(FileError) -> MemberPath {
        do throws(MemberPath.Refusal) { return try MemberPath(validating: name) } catch {
            throw FileError("open", path.appending(name), .invalid)
        }
    }
}
