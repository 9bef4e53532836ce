import LibCrypto
import Posix
import Values

/// Content on its way into the store: one file under `partial/`, locked as long as this lives, hashed while it grows.
final class PartialFile: ContentSink {
    private let store: Store
    private let path: FilePath
    private let file: FileDescriptor
    private let digest: SHA256Digest?
    private let size: ByteCount?
    /// Whether a later run can find it: by the digest in its name.
    private let isResumable: Bool
    private var hash: SHA256Context? = SHA256Context()
    /// The digest of all that is there, once it was asked for; nothing can be added then.
    private var whole: SHA256Digest?
    private var count = 0
    private var isOver = false

    /// - Parameters:
    ///   - file: Open for reading and writing, locked.
    ///   - isResumable: Whether what it holds is the beginning of the content.
    init(
        _ file: consuming FileDescriptor, path: FilePath, store: Store, digest: SHA256Digest?, size: ByteCount?,
        isResumable: Bool
    ) throws(FileError) {
        self.store = store
        self.path = path
        self.file = file
        self.digest = digest
        self.size = size
        self.isResumable = isResumable
        try takeUpWhatIsThere()
        if let size { try reserve(size) }
    }

    deinit {
        guard !isOver else { return }
        // What cannot be gone on with is of no use to anybody; a failure leaves it to the next run's clean-up.
        if isResumable, count > 0 {
            try? file.truncate(to: received)  // gives back what was reserved
        } else {
            try? Files.remove(path)
        }
    }

    var received: ByteCount { ByteCount(count) }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        try filing { () throws(FileError) in try unsafe add(bytes) }
    }

    func restart() throws { try filing { () throws(FileError) in try begin() } }

    func finish() throws -> StoredContent {
        if let size, size != received { throw ContentMismatch.size(expected: size, found: received) }
        if let digest, let found = otherDigest(than: digest) {
            throw ContentMismatch.digest(expected: digest, found: found)
        }
        return try filing { () throws(FileError) in try putInPlace() }
    }

    func discard() {
        guard !isOver else { return }
        isOver = true
        // Emptied first: the space is free even when another name or descriptor keeps the file.
        try? file.truncate(to: 0)
        try? Files.remove(path)
    }

    // MARK: Filling

    /// Adds bytes at the end.
    func add(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try freeingSpace { () throws(FileError) in try unsafe file.write(bytes, at: count) }
        unsafe hash?.update(bytes)
        count += bytes.count
    }

    /// Adds bytes at the end.
    func add(_ bytes: [UInt8]) throws(FileError) {
        try freeingSpace { () throws(FileError) in try file.write(bytes, at: count) }
        hash?.update(bytes)
        count += bytes.count
    }

    /// Makes this, which is empty, a copy of `source`.
    func copy(from source: borrowing FileDescriptor) throws(FileError) {
        // Hashed from the copy, not from the source, which somebody may be writing to.
        if try file.clone(source) { return try takeUpWhatIsThere() }
        try unsafe source.forEachBlock { (bytes) throws(FileError) in try unsafe add(bytes) }
    }

    private func wholeDigest() -> SHA256Digest {
        if let whole { return whole }
        guard let digest = hash.take()?.finalize() else { fatalError("a hash that is taken leaves its digest") }
        whole = digest
        return digest
    }

    /// The digest of what is there, when it is not `digest`.
    func otherDigest(than digest: SHA256Digest) -> SHA256Digest? {
        let found = wholeDigest()
        return found == digest ? nil : found
    }

    /// Gives it its name. Another run that brings the same content replaces the file by an equal one, which harms nobody.
    func putInPlace() throws(FileError) -> StoredContent {
        let content = StoredContent(digest: wholeDigest(), size: received)
        let place = store.path(of: content.digest)
        try file.setMode(Self.readOnly)
        try Files.makeDirectories(place.parent)
        try Files.rename(path, to: place)
        isOver = true
        return content
    }

    private func begin() throws(FileError) {
        try file.truncate(to: 0)
        hash = SHA256Context()
        whole = nil
        count = 0
    }

    // MARK: Beginning

    /// Hashes what an earlier run left. Surplus bytes cannot be the beginning of the content.
    private func takeUpWhatIsThere() throws(FileError) {
        let held = try file.information().size
        guard held > 0 else { return }
        guard held <= size ?? held else { return try begin() }
        try unsafe file.forEachBlock { bytes in
            unsafe hash?.update(bytes)
            count += bytes.count
        }
    }

    /// A disk that has no room for the whole is found out now, not after an hour.
    private func reserve(_ size: ByteCount) throws(FileError) {
        try freeingSpace { () throws(FileError) in try file.reserve(size) }
    }

    /// On a full disk the part itself is in the way of everything else.
    private func freeingSpace(_ body: () throws(FileError) -> Void) throws(FileError) {
        do throws(FileError) { try body() } catch {
            if error.errno == .noSpace || error.errno == .overQuota { discard() }
            throw error
        }
    }

    /// `r--r--r--`: complete content is not written to any more.
    static let readOnly = FileMode(bits: 0o444) ?? .file
}
