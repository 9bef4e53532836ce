import Format
import LibCrypto
import Posix
import Store
import Values

/// Reads content front to back and checks its digest on the way: a store may be damaged after a power cut.
///
/// Content of which one byte is used is read to its end and checked whole. For one thread.
struct ContentReader: ~Copyable {
    private let store: Store
    private var current: OpenContent?
    private let scratch = Buffer(capacity: OpenContent.step)

    init(_ store: Store) { self.store = store }

    /// Fills `buffer` with the bytes of `reference` from `offset` on.
    ///
    /// - Throws: Also about what was read before: it is checked when it is left. Damaged content is put aside in the store.
    mutating func read(
        _ reference: ContentReference, offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(AssembleError) {
        var content = try opened(reference, offset: offset)
        try unsafe content.read(upTo: offset, using: scratch.bytes)
        try unsafe content.read(into: buffer)
        current = consume content
    }

    /// What is open, when `offset` can still be reached in it; else `reference` from its beginning.
    private mutating func opened(_ reference: ContentReference, offset: Int) throws(AssembleError) -> OpenContent {
        if let content = current.take() {
            if content.reference == reference, content.position <= offset { return content }
            try finish(content)
        }
        return try OpenContent.open(reference, in: store)
    }

    /// Checks the content that was read last, its unread rest included.
    mutating func finish() throws(AssembleError) {
        guard let content = current.take() else { return }
        try finish(content)
    }

    private func finish(_ content: consuming OpenContent) throws(AssembleError) {
        try unsafe content.read(upTo: content.reference.size, using: scratch.bytes)
        try content.check()
    }
}

/// Content that is being read, and the digest of what was read of it.
private struct OpenContent: ~Copyable {
    /// How much is read at once: small enough that the digest finds it in the processor's cache.
    static let step = 512 << 10
    /// How far ahead the kernel is asked to read.
    private static let lookahead = 16 << 20

    let reference: ContentReference
    private(set) var position = 0
    private var prefetched = 0
    private let file: FileDescriptor
    private let store: Store
    private var context = SHA256Context()

    private init(_ reference: ContentReference, _ file: consuming FileDescriptor, in store: Store) {
        self.reference = reference
        self.file = file
        self.store = store
    }

    static func open(
        _ reference: ContentReference, in store: Store
    ) throws(AssembleError) -> OpenContent {
        let file = try find(reference, in: store)
        let size = try files { () throws(FileError) in try file.information().size }
        guard size == reference.content.size else { throw damage(of: reference, in: store) }
        return OpenContent(reference, file, in: store)
    }

    private static func find(_ reference: ContentReference, in store: Store) throws(AssembleError) -> FileDescriptor {
        switch reference.place {
        case .store: try storing { () throws(StoreError) in try store.open(reference.content.digest) }
        case .file(let path): try files { () throws(FileError) in try FileDescriptor.open(path, .readOnly) }
        }
    }

    /// Fills `buffer` from the position on.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(AssembleError) {
        var done = 0
        while done < buffer.count {
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[done..<min(done + Self.step, buffer.count)])
            try unsafe readStep(part)
            done += part.count
        }
    }

    /// Moves the position to `offset`; what lies between goes into the digest only.
    mutating func read(upTo offset: Int, using scratch: UnsafeMutableRawBufferPointer) throws(AssembleError) {
        while position < offset {
            try unsafe readStep(
                UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(offset - position, scratch.count)]))
        }
    }

    private mutating func readStep(_ buffer: UnsafeMutableRawBufferPointer) throws(AssembleError) {
        let count = try files { () throws(FileError) in
            if reference.size > Self.step, prefetched < min(position + Self.lookahead / 2, reference.size) {
                try file.prefetch(from: prefetched, count: Self.lookahead)
                prefetched += Self.lookahead
            }
            return try unsafe file.readFully(into: buffer, at: position)
        }
        // The end came early: the file shrank since it was opened.
        guard count == buffer.count else { throw Self.damage(of: reference, in: store) }
        unsafe context.update(UnsafeRawBufferPointer(buffer))
        position += buffer.count
    }

    /// Compares the digest, at the end.
    consuming func check() throws(AssembleError) {
        let (reference, store) = (self.reference, self.store)
        guard context.finalize() == reference.content.digest else { throw Self.damage(of: reference, in: store) }
    }

    /// The error for content that is not what its digest says, which is put aside.
    private static func damage(of reference: ContentReference, in store: Store) -> AssembleError {
        let digest = reference.content.digest
        switch reference.place {
        case .store:
            do throws(StoreError) { return .store(.damaged(digest, movedTo: try store.putAside(digest))) } catch {
                return .store(error)
            }
        case .file(let path): return .fileChanged(path)
        }
    }
}
