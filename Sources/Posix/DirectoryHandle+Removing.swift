import CLinux
import Glibc
public import Values

extension DirectoryHandle {
    /// Removes a file, a link or a folder with all that is in it; nothing there is no error.
    ///
    /// Links are removed, never followed. A folder that something is mounted on, or below, is refused before anything in
    /// that mount is touched (``Errno/crossDevice``): a volume of a running pod is not ours to empty.
    public func removeTree(_ path: MemberPath) throws(FileError) {
        do throws(Errno) {
            try unsafe inParent(of: path) { (folder, _) throws(Errno) in
                try removeNode(Array(path.name.utf8), from: folder, onMount: try mountNumber(of: folder))
            }
        } catch {
            guard error != .notFound else { return }
            throw FileError("remove the tree", self.path.appending(path), error)
        }
    }
}

extension Files {
    /// Removes a file, a link or a folder with all that is in it; nothing there is no error. Rules as for
    /// ``DirectoryHandle/removeTree(_:)``.
    public static func removeTree(_ path: FilePath) throws(FileError) {
        guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) else {
            return try removeTree(path.bytes, in: ".")
        }
        try removeTree(Array(path.bytes[(slash + 1)...]), in: path.parent)
    }

    private static func removeTree(_ name: [UInt8], in folder: FilePath) throws(FileError) {
        do throws(FileError) {
            let parent = try FileDescriptor.open(folder, .readOnly, options: .directory)
            try doing("remove the tree", folder.appending(String(decoding: name, as: UTF8.self))) {
                () throws(Errno) in
                try removeNode(
                    name, from: parent.rawValue, onMount: try mountNumber(of: parent.rawValue))
            }
        } catch {
            guard error.errno == .notFound else { throw error }
        }
    }
}

/// Removes `name` from the open folder, its content first. One descriptor is open for each level.
private func removeNode(_ name: [UInt8], from folder: Int32, onMount mount: UInt64) throws(Errno) {
    try unsafe withCName(name) { (name) throws(Errno) in
        do throws(Errno) {
            _ = try restarting { unsafe unlinkat(folder, name, 0) }
            return
        } catch {
            // Linux says EISDIR for a folder, POSIX allows EPERM.
            guard error == .isDirectory || error == .notPermitted else { throw error }
        }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let inner = FileDescriptor(owning: try restarting { unsafe sealift_open(folder, name, flags, 0) }, path: ".")
        guard try mountNumber(of: inner.rawValue) == mount else { throw .crossDevice }
        for entry in try rawEntries(of: inner.rawValue) {
            try removeNode(entry, from: inner.rawValue, onMount: mount)
        }
        _ = try restarting { unsafe unlinkat(folder, name, AT_REMOVEDIR) }
    }
}
