public import Values

/// The name of a place in our code that changes the file system: `stage.write`, `journal.rename`.
///
/// Tests make the calls of one tag fail, or stop the process there; each place has a tag of its own.
public struct EffectTag: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Words joined by dots, the outermost first.
    public let text: String

    /// Takes any text.
    public init(stringLiteral value: String) { text = value }

    /// The text as it is.
    public var description: String { text }
}

/// Every call that changes the target's file system, so that each can be made to fail, or to be the last.
///
/// The real ones are ``SystemFileEffects``; what a call means stands at the method of ``DirectoryHandle`` or
/// ``FileDescriptor`` that it stands for. Looking (open for reading, list, stat) changes nothing and is not here.
public protocol FileEffects: Sendable {
    /// ``DirectoryHandle/makeDirectory(_:mode:)``.
    func makeDirectory(
        _ path: MemberPath, in root: borrowing DirectoryHandle, mode: FileMode, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/openFile(_:_:options:permissions:)`` for writing; a new file has mode 0600.
    func openFile(
        _ path: MemberPath, in root: borrowing DirectoryHandle, options: FileDescriptor.Options, _ tag: EffectTag
    ) throws(FileError) -> FileDescriptor

    /// Writes all of `bytes`, at `offset` or at the current position.
    func write(
        _ bytes: UnsafeRawBufferPointer, to file: borrowing FileDescriptor, at offset: Int?, _ tag: EffectTag
    ) throws(FileError)

    /// ``FileDescriptor/truncate(to:)``.
    func truncate(_ file: borrowing FileDescriptor, to size: ByteCount, _ tag: EffectTag) throws(FileError)

    /// ``FileDescriptor/reserve(_:)``.
    func reserve(_ size: ByteCount, for file: borrowing FileDescriptor, _ tag: EffectTag) throws(FileError)

    /// ``FileDescriptor/setMode(bits:)``.
    func setMode(of file: borrowing FileDescriptor, bits: UInt16, _ tag: EffectTag) throws(FileError)

    /// ``FileDescriptor/setOwner(_:group:)``.
    func setOwner(
        of file: borrowing FileDescriptor, _ owner: UInt32, group: UInt32, _ tag: EffectTag) throws(FileError)

    /// ``FileDescriptor/synchronize()``. An error is final: the file is garbage.
    func synchronize(_ file: borrowing FileDescriptor, _ tag: EffectTag) throws(FileError)

    /// ``FileDescriptor/close()``.
    func close(_ file: consuming FileDescriptor, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/rename(_:to:in:replacing:)``.
    func rename(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, replacing: Bool, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/exchange(_:with:in:)``.
    func exchange(
        _ path: MemberPath, in root: borrowing DirectoryHandle, with new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/link(_:to:in:)``.
    func link(
        _ path: MemberPath, in root: borrowing DirectoryHandle, to new: MemberPath,
        in other: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/makeSymbolicLink(_:target:)``.
    func makeSymbolicLink(
        _ path: MemberPath, in root: borrowing DirectoryHandle, target: String, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/remove(_:)``.
    func remove(_ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/removeDirectory(_:)``.
    func removeDirectory(_ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/removeTree(_:)``: one effect, though it may be stopped half way.
    func removeTree(_ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/setMode(of:bits:)``.
    func setMode(
        of path: MemberPath, in root: borrowing DirectoryHandle, bits: UInt16, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/setOwner(of:_:group:)``.
    func setOwner(
        of path: MemberPath, in root: borrowing DirectoryHandle, _ owner: UInt32, group: UInt32, _ tag: EffectTag
    ) throws(FileError)

    /// Makes the names in a folder durable; `nil` for `root` itself. An error is final.
    func synchronizeDirectory(
        _ path: MemberPath?, in root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)

    /// ``DirectoryHandle/synchronizeFileSystem()``. An error is final.
    func synchronizeFileSystem(of root: borrowing DirectoryHandle, _ tag: EffectTag) throws(FileError)
}

extension FileEffects {
    /// Makes a new file with mode 0600, open for writing; a taken name is ``Errno/exists``.
    public func createFile(
        _ path: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) -> FileDescriptor {
        try openFile(path, in: root, options: [.create, .exclusive], tag)
    }

    /// Writes all of `bytes` at the current position.
    public func write(
        _ bytes: [UInt8], to file: borrowing FileDescriptor, _ tag: EffectTag
    ) throws(FileError) {
        try unsafe bytes.withBytes { (bytes) throws(FileError) in
            try unsafe write(bytes, to: file, at: nil, tag)
        }
    }

    /// Gives a name below `root` another name there, in the place of what had it.
    public func rename(
        _ path: MemberPath, to new: MemberPath, in root: borrowing DirectoryHandle, _ tag: EffectTag
    ) throws(FileError) {
        try rename(path, in: root, to: new, in: root, replacing: true, tag)
    }

    /// Makes a folder and those above it that are missing, each an effect of its own; what exists stays as it is.
    ///
    /// - Returns: The folders that were made, outermost first.
    @discardableResult
    public func makeDirectories(
        _ path: MemberPath, in root: borrowing DirectoryHandle, mode: FileMode, _ tag: EffectTag
    ) throws(FileError) -> [MemberPath] {
        var made: [MemberPath] = []
        for folder in path.ancestors + [path] where try root.information(of: folder) == nil {
            try makeDirectory(folder, in: root, mode: mode, tag)
            made.append(folder)
        }
        if made.last != path { _ = try root.open(path) }  // what existed may be a file or a link: opening tells
        return made
    }
}
