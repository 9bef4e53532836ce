/// Where content goes that is told apart by its digest. What fetches is written against this; the cache on disk is one of it.
public protocol ContentStore: Sendable {
    /// Whether content of `digest` is there, and of `size` bytes where that is known.
    func contains(_ digest: SHA256Digest, size: ByteCount?) throws -> Bool

    /// Begins to take content in.
    ///
    /// - Parameters:
    ///   - digest: What it must turn out to be; `nil` takes whatever comes.
    ///   - size: How long it must turn out to be; `nil` takes any length.
    /// - Returns: A sink that perhaps holds a first part already, from a run that was interrupted.
    func receive(digest: SHA256Digest?, size: ByteCount?) throws -> any ContentSink
}

/// Content on its way in. Used by one thread at a time. Let go of before ``finish()``, it keeps what it has for the next
/// run; ``discard()`` does not.
public protocol ContentSink: AnyObject {
    /// How many bytes it holds, and so where to go on.
    var received: ByteCount { get }

    /// Adds bytes at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws

    /// Forgets all bytes and begins anew.
    func restart() throws

    /// Checks size and digest and puts the content in its place.
    ///
    /// - Throws: ``ContentMismatch`` when it is not what was promised: nothing is then put anywhere, and the sink can
    ///   ``restart()``. Any other error is the store's own.
    func finish() throws -> StoredContent

    /// Leaves nothing behind.
    func discard()
}

/// Content that a ``ContentStore`` has.
public struct StoredContent: Hashable, Sendable {
    /// Its SHA-256.
    public let digest: SHA256Digest
    /// Its length.
    public let size: ByteCount

    /// Content of this digest and size.
    public init(digest: SHA256Digest, size: ByteCount) {
        self.digest = digest
        self.size = size
    }
}

/// What arrived is not what was promised.
public enum ContentMismatch: Error, Hashable, Sendable {
    /// Another number of bytes.
    case size(expected: ByteCount, found: ByteCount)
    /// The right number, but other bytes.
    case digest(expected: SHA256Digest, found: SHA256Digest)
}
