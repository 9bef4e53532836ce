import LibCrypto
public import Posix
public import Values

extension Store: ContentStore {
    /// Begins to take content in, or goes on where an interrupted run ended.
    ///
    /// A second taker of the same digest, in this process or another, gets a part of its own, so nobody waits.
    public func receive(digest: SHA256Digest?, size: ByteCount?) throws -> any ContentSink {
        try filing { () throws(FileError) in try openPartial(digest: digest, size: size) }
    }

    /// Takes bytes in.
    @discardableResult
    public func ingest(_ bytes: [UInt8]) throws(StoreError) -> StoredContent {
        let content = StoredContent(digest: .of(bytes), size: ByteCount(bytes.count))
        guard try !contains(content.digest, size: content.size) else { return content }
        return try filing { () throws(FileError) in
            let partial = try openPrivate(prefix: content.digest.hex, digest: nil, size: content.size)
            try partial.add(bytes)
            return try partial.putInPlace()
        }
    }

    /// Takes a local file in: a copy that shares its blocks where the file system can (reflink), a plain copy elsewhere.
    /// Never a hard link: the file may be written to later.
    ///
    /// - Parameter digest: What it must be; `nil` takes it as it is.
    /// - Throws: ``StoreError/mismatch(_:_:)``; the store then has nothing of it.
    @discardableResult
    public func ingest(fileAt path: FilePath, digest: SHA256Digest? = nil) throws(StoreError) -> StoredContent {
        let partial = try filing { () throws(FileError) in
            let source = try FileDescriptor.open(path, .readOnly, options: .nonBlocking)
            guard try source.information().kind == .file else { throw FileError("take in", path, .invalid) }
            let partial = try openPrivate(prefix: "new", digest: nil, size: nil)
            try partial.copy(from: source)
            return partial
        }
        if let digest, let found = partial.otherDigest(than: digest) {
            throw .mismatch(path, .digest(expected: digest, found: found))
        }
        return try filing { () throws(FileError) in try partial.putInPlace() }
    }

    // MARK: Parts

    private func openPartial(digest: SHA256Digest?, size: ByteCount?) throws(FileError) -> PartialFile {
        guard let digest else { return try openPrivate(prefix: "new", digest: nil, size: size) }
        if let shared = try openShared(digest, size: size) { return shared }
        return try openPrivate(prefix: digest.hex, digest: digest, size: size)
    }

    /// The part that the next run can find; `nil` when another run holds it, or it belongs to another user.
    private func openShared(_ digest: SHA256Digest, size: ByteCount?) throws(FileError) -> PartialFile? {
        let path = partials.appending(digest.hex)
        let file: FileDescriptor
        do throws(FileError) {
            file = try FileDescriptor.open(path, .readWrite, options: [.create, .noFollow], permissions: .secret)
        } catch {
            // A run that was killed between making it read-only and renaming it leaves such a part, too.
            guard error.errno == .accessDenied else { throw error }
            return nil
        }
        guard try file.tryLock(), try file.isStill(at: path) else { return nil }
        return try PartialFile(file, path: path, store: self, digest: digest, size: size, isResumable: true)
    }

    private func openPrivate(prefix: String, digest: SHA256Digest?, size: ByteCount?) throws(FileError) -> PartialFile {
        while true {
            let path = partials.appending("\(prefix).\(try Self.randomName())")
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusive, .noFollow], permissions: .secret)
            // Between open and lock the clean-up of another run may have taken it for abandoned.
            guard try file.tryLock(), try file.isStill(at: path) else { continue }
            return try PartialFile(file, path: path, store: self, digest: digest, size: size, isResumable: false)
        }
    }
}

extension FileDescriptor {
    /// Whether `path` still names this file. Whoever held the lock before may have renamed or removed it, and then the
    /// lock just taken is one on complete content, or on nothing.
    func isStill(at path: FilePath) throws(FileError) -> Bool {
        guard let there = try Files.information(path) else { return false }
        let here = try information()
        return there.device == here.device && there.inode == here.inode
    }
}
