// The documentation stands at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import Values

/// The effects as they are: straight to the kernel. Tags mean nothing here.
public struct SystemFileEffects: FileEffects {
    /// There is only one.
    public init() {}

    public func makeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, mode: FileMode, _ tag: EffectTag
    ) throws(FileError) { try root.makeDirectory(path, mode: mode) }

    public func openFile(
        _ path: MemberPath, in root: borrowing DirectoryHandle, options: FileDescriptor.Options, _ tag: EffectTag
    ) throws(FileError) -> FileDescriptor {
        try root.openFile(path, .writeOnly, options: options, permissions: .secret)
    }

    public func write(
        _ bytes: UnsafeRawBufferPointer, to file: borrowing FileDescriptor, at offset: Int?, _ tag: EffectTag
    ) throws(FileError) {
        if let offset { try unsafe file.write(bytes, at: offset) } else { try unsafe file.write(bytes) }
    }

    public func truncate(
        _ file: borrowing FileDescriptor, to size: ByteCount, _ tag: EffectTag
    ) throws(FileError) { try file.truncate(to: size) }

    public func reserve(
        _ size: ByteCount, for file: borrowing FileDescriptor, _ tag: EffectTag
    ) throws(FileError) { try file.reserve(size) }

    public func setMode(
        of file: borrowing FileDescriptor, bits: UInt16, _ tag: EffectTag
    ) throws(FileError) { try file.setMode(bits: bits) }

    public func setOwner(
        of file: borrowing FileDescriptor, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError) { try file.setOwner(owner, group: group) }

    public func synchronize(_ file: borrowing FileDescriptor, _ tag: EffectTag) throws(FileError) {
        try file.synchronize()
    }

    public func close(_ file: consuming FileDescriptor, _ tag: EffectTag) throws(FileError) { try file.close() }

    public func rename(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, replacing: Bool, _ tag: EffectTag
    ) throws(FileError) { try root.rename(path, to: new, in: other, replacing: replacing) }

    public func exchange(
        _ path: MemberPath, in root: borrowing DirectoryHandle, with new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { try root.exchange(path, with: new, in: other) }

    public func link(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { try root.link(path, to: new, in: other) }

    public func makeSymbolicLink(
        _ path: MemberPath, in root: borrowing DirectoryHandle, target: String, _ tag: EffectTag
    ) throws(FileError) { try root.makeSymbolicLink(path, target: target) }

    public func remove(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { try root.remove(path) }

    public func removeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { try root.removeDirectory(path) }

    public func removeTree(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { try root.removeTree(path) }

    public func setMode(
        of path: MemberPath, in root: borrowing DirectoryHandle, bits: UInt16, _ tag: EffectTag
    ) throws(FileError) { try root.setMode(of: path, bits: bits) }

    public func setOwner(
        of path: MemberPath, in root: borrowing DirectoryHandle, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError) { try root.setOwner(of: path, owner, group: group) }

    public func synchronizeDirectory(
        _ path: MemberPath?, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        if let path { try root.open(path).synchronize() } else { try root.synchronize() }
    }

    public func synchronizeFileSystem(
        of root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) { try root.synchronizeFileSystem() }
}
