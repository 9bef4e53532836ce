internal import CLibCrypto

/// Bytes that nobody else may see: a passphrase, a private key's encoding. Wiped when the last owner lets go.
@safe public final class SecretBytes: @unchecked Sendable {
    // Sendable: filled by one thread inside the initializer, only read afterwards.
    private let storage: UnsafeMutableRawBufferPointer

    /// The number of bytes.
    public let count: Int

    /// Allocates `capacity` bytes and lets `fill` write them.
    ///
    /// - Parameter fill: Returns how many bytes it wrote; what lies behind them is not part of the secret, but is wiped too.
    public init<Failure: Error>(
        capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
        unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
        do {
            count = try unsafe fill(UnsafeMutableRawBufferPointer(rebasing: storage[..<capacity]))
        } catch {
            count = 0
            throw error
        }
        precondition((0...capacity).contains(count), "a secret cannot be longer than its memory")
    }

    /// Copies `bytes`; wiping the original is the caller's part.
    public convenience init(copying bytes: [UInt8]) {
        unsafe self.init(capacity: bytes.count) { memory in
            unsafe memory.copyBytes(from: bytes)
            return bytes.count
        }
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// Lends the bytes for the time of `body`; they must not be copied into anything that is not wiped.
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }
}
