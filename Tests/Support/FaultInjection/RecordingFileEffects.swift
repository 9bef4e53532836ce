// The documentation of the effects stands at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import Posix
public import Values

/// The real effects, written down with their data, so that a model of a disk can do them again in part.
public final class RecordingFileEffects: FileEffects {
    /// One change, with paths below the folder that is watched.
    public struct Record: Sendable {
        public let tag: EffectTag
        public let change: Change
    }

    /// What was changed.
    public enum Change: Hashable, Sendable {
        case makeDirectory(String, mode: UInt16)
        case create(String)
        case truncate(String, Int)
        case write(String, offset: Int, [UInt8])
        case setMode(String, UInt16)
        case rename(String, String)
        case link(String, String)
        case symbolicLink(String, target: String)
        case remove(String)
        case removeDirectory(String)
        case removeTree(String)
        case synchronize(String)
        case synchronizeDirectory(String)
        case synchronizeFileSystem
    }

    private struct Log {
        var records: [Record] = []
        var positions: [String: Int] = [:]
    }

    private let root: FilePath
    private let log = Monitor(Log())
    private let system = SystemFileEffects()

    /// - Parameter root: The folder below which everything happens.
    public init(root: FilePath) { self.root = root }

    /// All changes so far, in order.
    public var records: [Record] { log.withLock { $0.records } }

    private func below(_ path: FilePath) -> String {
        path == root ? "" : String(path.text.dropFirst(root.text.count + 1))
    }

    private func note(_ change: Change, _ tag: EffectTag) {
        log.withLock { $0.records.append(Record(tag: tag, change: change)) }
    }

    public func makeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, mode: FileMode, _ tag: EffectTag
    ) throws(FileError) {
        try system.makeDirectory(path, in: root, mode: mode, tag)
        note(.makeDirectory(below(root.path.appending(path)), mode: mode.bits), tag)
    }

    public func openFile(
        _ path: MemberPath, in root: borrowing DirectoryHandle, options: FileDescriptor.Options, _ tag: EffectTag
    ) throws(FileError) -> FileDescriptor {
        let name = below(root.path.appending(path))
        let isNew = try root.information(of: path) == nil
        let file = try system.openFile(path, in: root, options: options, tag)
        log.withLock { $0.positions[name] = 0 }
        if isNew { note(.create(name), tag) } else if options.contains(.truncate) { note(.truncate(name, 0), tag) }
        return file
    }

    public func write(
        _ bytes: UnsafeRawBufferPointer, to file: borrowing FileDescriptor, at offset: Int?, _ tag: EffectTag
    ) throws(FileError) {
        try system.write(bytes, to: file, at: offset, tag)
        let name = below(file.path)
        let start = log.withLock { log in
            let start = offset ?? log.positions[name] ?? 0
            if offset == nil { log.positions[name] = start + bytes.count }
            return start
        }
        note(.write(name, offset: start, Array(bytes)), tag)
    }

    public func truncate(
        _ file: borrowing FileDescriptor, to size: ByteCount, _ tag: EffectTag
    ) throws(FileError) {
        try system.truncate(file, to: size, tag)
        note(.truncate(below(file.path), size.bytes), tag)
    }

    /// Room that is set aside is not content.
    public func reserve(_ size: ByteCount, for file: borrowing FileDescriptor, _ tag: EffectTag) throws(FileError) {
        try system.reserve(size, for: file, tag)
    }

    public func setMode(of file: borrowing FileDescriptor, bits: UInt16, _ tag: EffectTag) throws(FileError) {
        try system.setMode(of: file, bits: bits, tag)
        note(.setMode(below(file.path), bits), tag)
    }

    /// All belongs to who runs the tests.
    public func setOwner(
        of file: borrowing FileDescriptor, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError) { try system.setOwner(of: file, owner, group: group, tag) }

    public func synchronize(_ file: borrowing FileDescriptor, _ tag: EffectTag) throws(FileError) {
        try system.synchronize(file, tag)
        note(.synchronize(below(file.path)), tag)
    }

    public func close(_ file: consuming FileDescriptor, _ tag: EffectTag) throws(FileError) {
        try system.close(file, tag)
    }

    public func rename(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, replacing: Bool, _ tag: EffectTag
    ) throws(FileError) {
        try system.rename(path, in: root, to: new, in: other, replacing: replacing, tag)
        note(.rename(below(root.path.appending(path)), below(other.path.appending(new))), tag)
    }

    public func exchange(
        _ path: MemberPath, in root: borrowing DirectoryHandle, with new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { fatalError("the transaction does not exchange: docs/decisions/0020") }

    public func link(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try system.link(path, in: root, to: new, in: other, tag)
        note(.link(below(root.path.appending(path)), below(other.path.appending(new))), tag)
    }

    public func makeSymbolicLink(
        _ path: MemberPath, in root: borrowing DirectoryHandle, target: String, _ tag: EffectTag
    ) throws(FileError) {
        try system.makeSymbolicLink(path, in: root, target: target, tag)
        note(.symbolicLink(below(root.path.appending(path)), target: target), tag)
    }

    public func remove(_ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError) {
        try system.remove(path, in: root, tag)
        note(.remove(below(root.path.appending(path))), tag)
    }

    public func removeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try system.removeDirectory(path, in: root, tag)
        note(.removeDirectory(below(root.path.appending(path))), tag)
    }

    public func removeTree(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try system.removeTree(path, in: root, tag)
        note(.removeTree(below(root.path.appending(path))), tag)
    }

    public func setMode(
        of path: MemberPath, in root: borrowing DirectoryHandle, bits: UInt16, _ tag: EffectTag
    ) throws(FileError) {
        try system.setMode(of: path, in: root, bits: bits, tag)
        note(.setMode(below(root.path.appending(path)), bits), tag)
    }

    public func setOwner(
        of path: MemberPath, in root: borrowing DirectoryHandle, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError) { try system.setOwner(of: path, in: root, owner, group: group, tag) }

    public func synchronizeDirectory(
        _ path: MemberPath?, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try system.synchronizeDirectory(path, in: root, tag)
        note(.synchronizeDirectory(below(path.map { root.path.appending($0) } ?? root.path)), tag)
    }

    public func synchronizeFileSystem(of root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError) {
        try system.synchronizeFileSystem(of: root, tag)
        note(.synchronizeFileSystem, tag)
    }
}
