public import Posix
public import Values

/// A folder beside the output that becomes the output in one step, or goes without a trace.
///
/// It is locked as long as it lives, so that a run finds what a killed one left behind and removes it.
public struct StagingFolder: ~Copyable, Sendable {
    private let parent: DirectoryHandle
    private let name: MemberPath
    private let lock: FileDescriptor
    /// The folder.
    public let folder: DirectoryHandle
    private var isCommitted = false

    /// Makes a folder for the output `output` in `parent`, and removes abandoned ones for the same output.
    public static func make(for output: String, in parent: consuming DirectoryHandle) throws(FileError) -> StagingFolder
    {
        let prefix = ".\(output).partial-"
        let old = try parent.information(of: MemberPath(own: output)) == nil ? [] : [oldPrefix(output)]
        for entry in try parent.entries() where ([prefix] + old).contains(where: entry.hasPrefix) {
            try removeAbandoned(MemberPath(own: entry), in: parent)
        }
        let name = MemberPath(own: prefix + (try System.randomName()))
        try parent.makeDirectory(name)
        let lock = try FileDescriptor.open(parent.path.appending(name), .readOnly, options: .directory)
        _ = try lock.tryLock()
        return StagingFolder(name: name, lock: lock, folder: try parent.open(name), parent: parent)
    }

    private init(
        name: MemberPath, lock: consuming FileDescriptor, folder: consuming DirectoryHandle,
        parent: consuming DirectoryHandle
    ) {
        self.name = name
        self.lock = lock
        self.folder = folder
        self.parent = parent
    }

    deinit {
        // The first error is the one to tell; what is left is found by the next run.
        if !isCommitted { try? parent.removeTree(name) }
    }

    /// The name of a bundle that is being replaced, where two names cannot change places. Garbage once the new one is there.
    private static func oldPrefix(_ output: String) -> String { ".\(output).old-" }

    /// Where it is.
    public var path: FilePath { folder.path }

    /// Removes everything in it.
    public func empty() throws(FileError) {
        for entry in try folder.entries() { try folder.removeTree(MemberPath(own: entry)) }
    }

    /// Writes a file and makes it durable.
    public func write(_ bytes: [UInt8], to file: String, mode: FileMode = .file) throws(FileError) {
        let descriptor = try folder.openFile(MemberPath(own: file), .writeOnly, options: [.create, .exclusive])
        try descriptor.write(bytes)
        try descriptor.setMode(mode)
        try descriptor.synchronize()
    }

    /// Puts the folder in the place of `output`, durably. What was there goes; until then it is whole.
    ///
    /// - Parameter canExchange: `false` works as on file systems where two names cannot change places. For tests.
    public consuming func commit(as output: String, canExchange: Bool = true) throws(FileError) {
        let target = MemberPath(own: output)
        try folder.synchronize()
        if try parent.information(of: target) == nil {
            try parent.rename(name, to: target)
            isCommitted = true
            try parent.synchronize()
        } else {
            try replace(target, canExchange: canExchange)
        }
    }

    /// Puts one file of the folder in the place of `output`, durably; the folder goes.
    public consuming func commit(file: String, as output: String) throws(FileError) {
        try parent.rename(MemberPath(own: name.text + "/" + file), to: MemberPath(own: output))
        try parent.synchronize()
    }

    private mutating func replace(_ target: MemberPath, canExchange: Bool) throws(FileError) {
        do throws(FileError) {
            guard canExchange else { throw FileError("exchange", path, .notSupported) }
            try parent.exchange(name, target)
            isCommitted = true
            try parent.synchronize()
            try Self.removeBundle(name, in: parent)
        } catch {
            // FAT and old kernels cannot exchange: then for a moment there is neither, and never a mixture.
            guard !isCommitted, [.invalid, .noSuchCall, .notSupported].contains(error.errno) else { throw error }
            let aside = MemberPath(own: Self.oldPrefix(target.text) + (try System.randomName()))
            try parent.rename(target, to: aside)
            do throws(FileError) { try parent.rename(name, to: target) } catch {
                try parent.rename(aside, to: target)
                throw error
            }
            isCommitted = true
            try parent.synchronize()
            try Self.removeBundle(aside, in: parent)
        }
    }

    /// Removes a bundle, its root first: half of it is never taken for a bundle.
    private static func removeBundle(_ name: MemberPath, in parent: borrowing DirectoryHandle) throws(FileError) {
        let sums = MemberPath(own: name.text + "/SHA256SUMS")
        if try parent.information(of: sums) != nil { try parent.remove(sums) }
        try parent.removeTree(name)
        try parent.synchronize()
    }

    private static func removeAbandoned(_ name: MemberPath, in parent: borrowing DirectoryHandle) throws(FileError) {
        do throws(FileError) {
            let lock = try FileDescriptor.open(parent.path.appending(name), .readOnly, options: .directory)
            if try lock.tryLock() { try parent.removeTree(name) }
        } catch {
            // Its run ended just now and cleaned up itself.
            guard error.errno == .notFound else { throw error }
        }
    }
}
