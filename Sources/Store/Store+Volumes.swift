public import Posix
public import Values

extension Store {
    /// How a large file came to its new place.
    public enum Transport: Hashable, Sendable {
        /// Both share their blocks until one is written to (FICLONE).
        case cloned
        /// Both are one file under two names: neither may be written to.
        case linked
        /// Byte by byte.
        case copied
    }

    /// Where the large file of `key` lies; `nil` when there is none. What is read from it must be checked.
    public func volume(for key: SHA256Digest) throws(StoreError) -> FilePath? {
        let path = volumes.appending(key.hex)
        let information = try filing { () throws(FileError) in try Files.information(path) }
        return information?.kind == .file ? path : nil
    }

    /// Keeps the file at `path`, which must be complete and not be written to any more, under `key`.
    @discardableResult
    public func keepVolume(_ path: FilePath, for key: SHA256Digest) throws(StoreError) -> Transport {
        try transport(path, to: volumes.appending(key.hex))
    }

    /// A free path on the store's file system, for a large file that is written here too while it is written elsewhere.
    /// Abandoned files are removed with the leftovers of interrupted runs.
    public func pathForNewVolume() throws(StoreError) -> FilePath {
        try filing { () throws(FileError) in volumes.appending("new.\(try Self.randomName())") }
    }

    /// Keeps the file at `path`, one of ``pathForNewVolume()``, under `key`; it is moved.
    public func adoptVolume(_ path: FilePath, for key: SHA256Digest) throws(StoreError) {
        try filing { () throws(FileError) in try Files.rename(path, to: volumes.appending(key.hex)) }
    }

    /// Whether large files can be on the file system of `folder` without being copied.
    public func isNear(_ folder: FilePath) throws(StoreError) -> Bool {
        try filing { () throws(FileError) in
            try Files.information(folder)?.device == Files.information(volumes)?.device
        }
    }

    /// Puts the large file of `key` at `path`, where nothing may be yet.
    ///
    /// - Returns: How; `nil` when the store has none, and then nothing was done.
    public func takeVolume(for key: SHA256Digest, to path: FilePath) throws(StoreError) -> Transport? {
        guard let source = try volume(for: key) else { return nil }
        return try transport(source, to: path)
    }

    /// Gives the large file of `key` a second place at `path`, where nothing may be yet, without copying its bytes.
    ///
    /// - Returns: `false` where that cannot be, or the store has none: nothing was done then.
    public func linkVolume(for key: SHA256Digest, to path: FilePath) throws(StoreError) -> Bool {
        guard let source = try volume(for: key) else { return false }
        return try filing { () throws(FileError) in try Self.share(source, at: path) != nil }
    }

    /// The keys of all large files, sorted.
    public func volumeKeys() throws(StoreError) -> [SHA256Digest] {
        try filing { () throws(FileError) in try DirectoryHandle.open(volumes).entries() }
            .compactMap { SHA256Digest(hex: $0) }.sorted { $0.hex < $1.hex }
    }

    /// Removes the large file of `key`, that a reader found changed for instance.
    public func dropVolume(for key: SHA256Digest) throws(StoreError) {
        guard let path = try volume(for: key) else { return }
        try filing { () throws(FileError) in try Files.remove(path) }
    }

    /// Puts the file at `source` at `destination` too: by a temporary name, so that it is there whole or not at all.
    private func transport(_ source: FilePath, to destination: FilePath) throws(StoreError) -> Transport {
        try filing { () throws(FileError) in
            let temporary = destination.parent.appending("new.\(try Self.randomName())")
            do throws(FileError) {
                let transport = try Self.duplicate(source, to: temporary)
                try Files.rename(temporary, to: destination)
                // rename(2) leaves the old name when both are one file already.
                if try Files.exists(temporary) { try Files.remove(temporary) }
                return transport
            } catch {
                try? Files.remove(temporary)  // the first error is the one to tell
                throw error
            }
        }
    }

    private static func duplicate(_ source: FilePath, to destination: FilePath) throws(FileError) -> Transport {
        if let transport = try share(source, at: destination) { return transport }
        let from = try FileDescriptor.open(source, .readOnly, options: .noFollow)
        let copy = try FileDescriptor.open(destination, .readWrite, options: [.create, .exclusive])
        try copy.reserve(from.information().size)
        var offset = 0
        try unsafe from.forEachBlock { (bytes) throws(FileError) in
            try unsafe copy.write(bytes, at: offset)
            offset += bytes.count
        }
        return .copied
    }

    /// Makes a clone or a second name; `nil` where neither can be.
    private static func share(_ source: FilePath, at destination: FilePath) throws(FileError) -> Transport? {
        let from = try FileDescriptor.open(source, .readOnly, options: .noFollow)
        let to = try FileDescriptor.open(destination, .readWrite, options: [.create, .exclusive])
        if try to.clone(from) { return .cloned }
        try Files.remove(destination)
        return try Files.link(source, to: destination) ? .linked : nil
    }
}
