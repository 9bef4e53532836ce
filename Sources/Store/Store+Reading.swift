import LibCrypto
public import Posix
public import Values

extension Store {
    /// Whether content of `digest` is there, and of `size` bytes where that is known. Looks at the file's size only:
    /// whoever reads checks the digest.
    public func contains(_ digest: SHA256Digest, size: ByteCount? = nil) throws(StoreError) -> Bool {
        guard let found = try self.size(of: digest) else { return false }
        return size == nil || size == found
    }

    /// The length of content in the store; `nil` when it is not there.
    public func size(of digest: SHA256Digest) throws(StoreError) -> ByteCount? {
        let information = try filing { () throws(FileError) in try Files.information(path(of: digest)) }
        guard let information, information.kind == .file else { return nil }
        return information.size
    }

    /// Opens content for reading. What is read must be checked against `digest` by the reader.
    ///
    /// - Throws: ``StoreError/missing(_:)`` when it is not there.
    public func open(_ digest: SHA256Digest) throws(StoreError) -> FileDescriptor {
        do throws(FileError) { return try FileDescriptor.open(path(of: digest), .readOnly, options: .noFollow) } catch {
            throw error.errno == .notFound ? .missing(digest) : .file(error)
        }
    }

    /// Reads small content whole, and checks it.
    ///
    /// - Throws: ``StoreError/damaged(_:movedTo:)`` when its digest is another one; it is then put aside.
    public func read(_ digest: SHA256Digest, limit: ByteCount) throws(StoreError) -> [UInt8] {
        let file = try open(digest)
        let bytes = try filing { () throws(FileError) in try file.readToEnd(limit: limit) }
        guard SHA256Digest.of(bytes) == digest else {
            throw .damaged(digest, movedTo: try putAside(digest))
        }
        return bytes
    }

    /// Puts content aside that a reader found changed, so that it is fetched anew.
    ///
    /// - Returns: Where it lies now.
    @discardableResult
    public func putAside(_ digest: SHA256Digest) throws(StoreError) -> FilePath {
        try filing { () throws(FileError) in
            try Files.makeDirectories(quarantine)
            let place = quarantine.appending("\(digest.hex).\(try Self.randomName())")
            do throws(FileError) { try Files.rename(path(of: digest), to: place) } catch {
                // Another run may have put it aside just now.
                guard error.errno == .notFound else { throw error }
            }
            return place
        }
    }
}
