import CLinux
import Glibc
public import Values

/// An open folder, and everything below it.
///
/// Each path is resolved by the kernel from this handle with openat2(2): beneath it, through no link and no magic link
/// (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS); mounts may be crossed. Where the kernel lacks the
/// call (before 5.6) or a sandbox forbids it, each component is opened by itself with O_NOFOLLOW. Text is never joined,
/// so a link that appears at the wrong moment is an error (``Errno/symbolicLink``), not a way out.
public struct DirectoryHandle: ~Copyable, Sendable {
    let descriptor: FileDescriptor
    private let resolution: Resolution

    /// How paths find their way.
    package enum Resolution: Hashable, Sendable {
        /// openat2, and the walk where there is none.
        case kernel
        /// Always the walk. For tests.
        case walk
    }

    /// Where the folder was found. For messages.
    public var path: FilePath { descriptor.path }

    /// The open descriptor; valid as long as this handle lives.
    public var rawValue: Int32 { descriptor.rawValue }

    /// Opens a folder that a person named; links on the way to it are followed.
    public static func open(_ path: FilePath) throws(FileError) -> DirectoryHandle {
        try open(path, resolution: .kernel)
    }

    package static func open(_ path: FilePath, resolution: Resolution) throws(FileError) -> DirectoryHandle {
        DirectoryHandle(
            descriptor: try FileDescriptor.open(path, .readOnly, options: .directory), resolution: resolution)
    }

    /// Opens a folder below this one.
    public func open(_ relative: MemberPath) throws(FileError) -> DirectoryHandle {
        let whole = path.appending(relative)
        let number = try doing("open the folder", whole) { () throws(Errno) in
            try resolve(relative, O_RDONLY | O_DIRECTORY)
        }
        return DirectoryHandle(descriptor: FileDescriptor(owning: number, path: whole), resolution: resolution)
    }

    /// A second handle on the same folder.
    public func duplicate() throws(FileError) -> DirectoryHandle {
        let number = try doing("open the folder", path) { () throws(Errno) in
            try restarting { unsafe sealift_open(rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        }
        return DirectoryHandle(descriptor: FileDescriptor(owning: number, path: path), resolution: resolution)
    }

    /// Opens a regular file below this folder; a folder, FIFO or device is refused and never waited for.
    ///
    /// - Parameter permissions: The mode of a file that is made, less the umask; `FileDescriptor.setMode` knows no umask.
    public func openFile(
        _ name: MemberPath, _ mode: FileDescriptor.AccessMode, options: FileDescriptor.Options = [],
        permissions: FileMode = .file
    ) throws(FileError) -> FileDescriptor {
        let whole = path.appending(name)
        let flags = mode.flags | options.rawValue | O_NOCTTY | O_NONBLOCK
        let number = try doing("open", whole) { () throws(Errno) in
            try resolve(name, flags, options.contains(.create) ? permissions : nil)
        }
        let file = FileDescriptor(owning: number, path: whole)
        switch try file.information().kind {
        case .file: return file
        case .directory: throw FileError("open", whole, .isDirectory)
        case .link, .other: throw FileError("open", whole, .invalid, detail: "it is not a regular file")
        }
    }
}

extension DirectoryHandle {
    /// Opens `path` beneath this folder and returns the descriptor, which the caller must close.
    func resolve(_ path: MemberPath, _ flags: Int32, _ permissions: FileMode? = nil) throws(Errno) -> Int32 {
        let all = flags | O_CLOEXEC
        guard resolution == .kernel else { return try walk(path, all | O_NOFOLLOW, permissions) }
        do throws(Errno) { return try openBeneath(path, all, permissions) } catch {
            // EPERM is what old container runtimes say to calls they do not know (containers/crun#545).
            guard error == .noSuchCall || error == .notPermitted else { throw error }
            return try walk(path, all | O_NOFOLLOW, permissions)
        }
    }

    /// How often EAGAIN is answered by another try: somebody is renaming folders on the way (openat2(2)).
    private static let patience = 32

    func openBeneath(_ path: MemberPath, _ flags: Int32, _ permissions: FileMode?) throws(Errno) -> Int32 {
        let rules = UInt64(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
        return try unsafe withCName(Array(path.text.utf8)) { (name) throws(Errno) in
            for _ in 1..<Self.patience {
                do throws(Errno) {
                    return try restarting {
                        unsafe sealift_openat2(
                            rawValue, name, UInt64(flags), UInt64(permissions?.bits ?? 0), rules)
                    }
                } catch {
                    guard error == .wouldBlock else { throw error }
                }
            }
            throw .wouldBlock
        }
    }

    private func walk(_ path: MemberPath, _ flags: Int32, _ permissions: FileMode?) throws(Errno) -> Int32 {
        let components = path.components
        var folder: FileDescriptor?
        for component in components.dropLast() {
            let number = try step(
                component, from: folder?.rawValue ?? rawValue,
                Int32(SEALIFT_O_PATH) | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, nil)
            folder = FileDescriptor(owning: number, path: self.path)
        }
        return try step(path.name, from: folder?.rawValue ?? rawValue, flags, permissions)
    }

    private func step(
        _ name: String, from folder: Int32, _ flags: Int32, _ permissions: FileMode?
    ) throws(Errno) -> Int32 {
        try unsafe withCName(Array(name.utf8)) { (name) throws(Errno) in
            do throws(Errno) {
                return try restarting { unsafe sealift_open(folder, name, flags, mode_t(permissions?.bits ?? 0)) }
            } catch {
                // With O_DIRECTORY a link is ENOTDIR here and ELOOP for openat2; both ways shall tell the same.
                var status = stat()
                let isLink =
                    unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
                    && status.st_mode & S_IFMT == S_IFLNK
                throw error == .notDirectory && isLink ? .symbolicLink : error
            }
        }
    }

    /// Runs `body` with the folder that holds `path` and the last component, for calls that take both.
    func inParent<Result>(
        of path: MemberPath, _ body: (_ folder: Int32, _ name: UnsafePointer<CChar>) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        guard let parent = path.parent else {
            return try unsafe withCName(Array(path.text.utf8)) { (name) throws(Errno) in
                try unsafe body(rawValue, name)
            }
        }
        let folder = FileDescriptor(
            owning: try resolve(parent, Int32(SEALIFT_O_PATH) | O_DIRECTORY), path: self.path)
        return try unsafe withCName(Array(path.name.utf8)) { (name) throws(Errno) in
            try unsafe body(folder.rawValue, name)
        }
    }
}
