import CLinux
import Glibc
public import Values

extension DirectoryHandle {
    /// What the kernel knows about this folder itself.
    public func information() throws(FileError) -> FileInformation { try descriptor.information() }

    /// What `path` is, a last link not followed (fstatat(2)); `nil` when there is nothing, be it for want of its folder.
    public func information(of path: MemberPath) throws(FileError) -> FileInformation? {
        var status = stat()
        do throws(Errno) {
            _ = try unsafe inParent(of: path) { (folder, name) throws(Errno) in
                try restarting { unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) }
            }
            return FileInformation(status)
        } catch {
            guard error == .notFound else { throw FileError("look at", self.path.appending(path), error) }
            return nil
        }
    }

    /// Where a link points to, as it was written (readlinkat(2)).
    ///
    /// - Throws: ``Errno/notUTF8`` for a target that is no text; ``Errno/invalid`` when `path` is no link.
    public func readLink(_ path: MemberPath) throws(FileError) -> String {
        let whole = self.path.appending(path)
        var target = [CChar](repeating: 0, count: 4_096)  // PATH_MAX: no link is longer
        let count = try doing("read the link", whole) { () throws(Errno) in
            try unsafe inParent(of: path) { (folder, name) throws(Errno) in
                try restarting { unsafe readlinkat(folder, name, &target, target.count) }
            }
        }
        let bytes = target[..<count].map { UInt8(truncatingIfNeeded: $0) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError("read the link", whole, .notUTF8)
        }
        return text
    }

    /// The names in this folder, in byte order, without `.` and `..`.
    ///
    /// Bytes that are not UTF-8 are replaced by U+FFFD: such a name can be shown but not opened.
    public func entries() throws(FileError) -> [String] {
        try doing("list", path) { () throws(Errno) in try rawEntries(of: rawValue) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether this folder tells files from folders without a look at each (`d_type` of getdents64(2)); `nil` when it holds nothing.
    public func tellsKinds() throws(FileError) -> Bool? {
        let block = try doing("list", path) { () throws(Errno) in try firstEntries(of: rawValue) }
        // The type stands before the name, in byte 18; 0 is DT_UNKNOWN. `.` and `..` are told by some that tell no others.
        var rest = block[...]
        var isEmpty = true
        while rest.count > 19 {
            let start = rest.startIndex
            let name = rest[(start + 19)...].prefix { $0 != 0 }
            if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] {
                if rest[start + 18] != 0 { return true }
                isEmpty = false
            }
            rest = rest[(start + (Int(rest[start + 16]) | Int(rest[start + 17]) << 8))...]
        }
        return isEmpty ? nil : false
    }

    /// A file read whole.
    ///
    /// - Parameter limit: The most that is held in memory; more is ``Errno/tooLarge``.
    public func read(_ name: MemberPath, limit: ByteCount) throws(FileError) -> [UInt8] {
        try openFile(name, .readOnly).readToEnd(limit: limit)
    }
}

/// The first records of the folder behind `number`.
private func firstEntries(of number: Int32) throws(Errno) -> [UInt8] {
    let folder = FileDescriptor(
        owning: try restarting { unsafe sealift_open(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }, path: ".")
    var block = [UInt8](repeating: 0, count: 4_096)
    let count = try restarting { unsafe sealift_getdents64(folder.rawValue, &block, block.count) }
    return Array(block[..<max(0, count)])
}

/// The names in the folder behind `number`, in byte order, without `.` and `..` (getdents64(2)).
func rawEntries(of number: Int32) throws(Errno) -> [[UInt8]] {
    // A descriptor of our own: the position in a folder belongs to the open file description.
    let folder = FileDescriptor(
        owning: try restarting { unsafe sealift_open(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) },
        path: ".")
    var names: [[UInt8]] = []
    var block = [UInt8](repeating: 0, count: 1 << 15)
    while true {
        let count = try restarting { unsafe sealift_getdents64(folder.rawValue, &block, block.count) }
        guard count > 0 else { break }
        names += entryNames(in: block[..<count])
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
}

/// The names in what getdents64 returned: records of inode (8 bytes), offset (8), length (2), type (1), name with NUL.
private func entryNames(in block: ArraySlice<UInt8>) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var rest = block
    while rest.count > 19 {
        let start = rest.startIndex
        // In the machine's byte order: little-endian on all that we build for. (Swift 6.2.3 optimises a `load(as: UInt16.self)`
        // from an array of both bytes wrongly: it reads the first and leaves the second to chance.)
        let length = Int(rest[start + 16]) | Int(rest[start + 17]) << 8
        let name = Array(rest[(start + 19)..<(start + length)].prefix { $0 != 0 })
        if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        rest = rest[(start + length)...]
    }
    return names
}
