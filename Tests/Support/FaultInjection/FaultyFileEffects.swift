// The documentation of the effects stands at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Glibc
public import Posix
public import Values

/// The real effects, counted and noted, with one fault among them.
///
/// A run without a fault learns how many calls there are; then one run for each. Killing the process is for test programs,
/// stopping for tests in their own process: the disk looks the same after both.
public final class FaultyFileEffects: FileEffects {
    /// One call as it was asked for, done or not.
    public struct Call: Hashable, Sendable {
        /// From 1.
        public let number: Int
        public let tag: EffectTag
        /// The protocol's word for it: `write`, `rename`.
        public let operation: String
        public let path: FilePath
    }

    private struct Record {
        var calls: [Call] = []
        var hasStopped = false
        var hasStruck = false
    }

    private let fault: Fault?
    private let record = Monitor(Record())
    private let system = SystemFileEffects()

    public init(_ fault: Fault? = nil) { self.fault = fault }

    /// All calls so far, in order.
    public var calls: [Call] { record.withLock { $0.calls } }
    /// Whether the fault's place was reached.
    public var hasStruck: Bool { record.withLock { $0.hasStruck } }

    /// Notes a call and says what is wrong with it, if anything.
    private func strike(_ operation: String, _ path: FilePath, _ tag: EffectTag) throws(FileError) -> Fault.Kind? {
        let (kind, hasStopped) = record.withLock { record -> (Fault.Kind?, Bool) in
            let call = Call(number: record.calls.count + 1, tag: tag, operation: operation, path: path)
            record.calls.append(call)
            guard !record.hasStopped else { return (nil, true) }
            guard let fault, isMeant(call, by: fault, among: record.calls) else { return (nil, false) }
            record.hasStruck = true
            switch fault.kind {
            case .stopBefore, .stopAfter, .torn: record.hasStopped = true
            case .error, .lateError, .killBefore, .killAfter: break
            }
            return (fault.kind, false)
        }
        guard !hasStopped else { throw FileError(operation, path, Fault.stopped) }
        return kind
    }

    private func isMeant(_ call: Call, by fault: Fault, among calls: [Call]) -> Bool {
        switch fault.place {
        case .number(let number): call.number == number
        case .tag(let tag, let nth): call.tag == tag && calls.count { $0.tag == tag } == nth
        }
    }

    private func before(_ kind: Fault.Kind?, _ operation: String, _ path: FilePath) throws(FileError) {
        switch kind {
        case .error(let errno): throw FileError(operation, path, errno)
        case .killBefore: kill(getpid(), SIGKILL)
        case .stopBefore, .torn: throw FileError(operation, path, Fault.stopped)
        case nil, .lateError, .killAfter, .stopAfter: break
        }
    }

    private func after(_ kind: Fault.Kind?, _ operation: String, _ path: FilePath) throws(FileError) {
        switch kind {
        case .lateError(let errno): throw FileError(operation, path, errno)
        case .killAfter: kill(getpid(), SIGKILL)
        case .stopAfter, .torn: throw FileError(operation, path, Fault.stopped)
        case nil, .error, .killBefore, .stopBefore: break
        }
    }

    private func perform(
        _ operation: String, _ path: FilePath, _ tag: EffectTag, _ call: () throws(FileError) -> Void
    ) throws(FileError) {
        let kind = try strike(operation, path, tag)
        try before(kind, operation, path)
        do throws(FileError) { try call() } catch {
            // A call that fails by itself, such as removing a folder that is not empty, is one that was made.
            if case .killAfter = kind { try after(kind, operation, path) }
            throw error
        }
        try after(kind, operation, path)
    }
}

extension FaultyFileEffects {
    public func makeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, mode: FileMode, _ tag: EffectTag
    ) throws(FileError) {
        try perform("makeDirectory", root.path.appending(path), tag) { () throws(FileError) in
            try system.makeDirectory(path, in: root, mode: mode, tag)
        }
    }

    public func openFile(
        _ path: MemberPath, in root: borrowing DirectoryHandle, options: FileDescriptor.Options, _ tag: EffectTag
    ) throws(FileError) -> FileDescriptor {
        let kind = try strike("openFile", root.path.appending(path), tag)
        try before(kind, "openFile", root.path.appending(path))
        let file = try system.openFile(path, in: root, options: options, tag)
        try after(kind, "openFile", root.path.appending(path))
        return file
    }

    public func write(
        _ bytes: UnsafeRawBufferPointer, to file: borrowing FileDescriptor, at offset: Int?, _ tag: EffectTag
    ) throws(FileError) {
        let kind = try strike("write", file.path, tag)
        if case .torn(let count) = kind {
            let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
            try system.write(part, to: file, at: offset, tag)
        } else {
            try before(kind, "write", file.path)
            try system.write(bytes, to: file, at: offset, tag)
        }
        try after(kind, "write", file.path)
    }

    public func truncate(
        _ file: borrowing FileDescriptor, to size: ByteCount, _ tag: EffectTag
    ) throws(FileError) {
        try perform("truncate", file.path, tag) { () throws(FileError) in try system.truncate(file, to: size, tag) }
    }

    public func reserve(
        _ size: ByteCount, for file: borrowing FileDescriptor, _ tag: EffectTag
    ) throws(FileError) {
        try perform("reserve", file.path, tag) { () throws(FileError) in try system.reserve(size, for: file, tag) }
    }

    public func setMode(
        of file: borrowing FileDescriptor, bits: UInt16, _ tag: EffectTag
    ) throws(FileError) {
        try perform("setMode", file.path, tag) { () throws(FileError) in
            try system.setMode(of: file, bits: bits, tag)
        }
    }

    public func setOwner(
        of file: borrowing FileDescriptor, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError) {
        try perform("setOwner", file.path, tag) { () throws(FileError) in
            try system.setOwner(of: file, owner, group: group, tag)
        }
    }

    public func synchronize(_ file: borrowing FileDescriptor, _ tag: EffectTag) throws(FileError) {
        try perform("synchronize", file.path, tag) { () throws(FileError) in try system.synchronize(file, tag) }
    }

    public func close(_ file: consuming FileDescriptor, _ tag: EffectTag) throws(FileError) {
        let path = file.path
        let kind = try strike("close", path, tag)
        try before(kind, "close", path)
        try system.close(file, tag)
        try after(kind, "close", path)
    }
}

extension FaultyFileEffects {
    public func rename(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, replacing: Bool, _ tag: EffectTag
    ) throws(FileError) {
        try perform("rename", root.path.appending(path), tag) { () throws(FileError) in
            try system.rename(path, in: root, to: new, in: other, replacing: replacing, tag)
        }
    }

    public func exchange(
        _ path: MemberPath, in root: borrowing DirectoryHandle, with new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("exchange", root.path.appending(path), tag) { () throws(FileError) in
            try system.exchange(path, in: root, with: new, in: other, tag)
        }
    }

    public func link(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("link", root.path.appending(path), tag) { () throws(FileError) in
            try system.link(path, in: root, to: new, in: other, tag)
        }
    }

    public func makeSymbolicLink(
        _ path: MemberPath, in root: borrowing DirectoryHandle, target: String, _ tag: EffectTag
    ) throws(FileError) {
        try perform("makeSymbolicLink", root.path.appending(path), tag) { () throws(FileError) in
            try system.makeSymbolicLink(path, in: root, target: target, tag)
        }
    }

    public func remove(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("remove", root.path.appending(path), tag) { () throws(FileError) in
            try system.remove(path, in: root, tag)
        }
    }

    public func removeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("removeDirectory", root.path.appending(path), tag) { () throws(FileError) in
            try system.removeDirectory(path, in: root, tag)
        }
    }

    public func removeTree(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("removeTree", root.path.appending(path), tag) { () throws(FileError) in
            try system.removeTree(path, in: root, tag)
        }
    }

    public func setMode(
        of path: MemberPath, in root: borrowing DirectoryHandle, bits: UInt16, _ tag: EffectTag
    ) throws(FileError) {
        try perform("setMode", root.path.appending(path), tag) { () throws(FileError) in
            try system.setMode(of: path, in: root, bits: bits, tag)
        }
    }

    public func setOwner(
        of path: MemberPath, in root: borrowing DirectoryHandle, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError) {
        try perform("setOwner", root.path.appending(path), tag) { () throws(FileError) in
            try system.setOwner(of: path, in: root, owner, group: group, tag)
        }
    }

    public func synchronizeDirectory(
        _ path: MemberPath?, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("synchronizeDirectory", path.map { root.path.appending($0) } ?? root.path, tag) {
            () throws(FileError) in
            try system.synchronizeDirectory(path, in: root, tag)
        }
    }

    public func synchronizeFileSystem(
        of root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try perform("synchronizeFileSystem", root.path, tag) { () throws(FileError) in
            try system.synchronizeFileSystem(of: root, tag)
        }
    }
}
