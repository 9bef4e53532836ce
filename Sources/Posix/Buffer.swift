import Glibc

/// One block of memory of a fixed size, aligned to pages, not initialised.
///
/// Belongs to one thread at a time, passed on with the job it is part of. When the last reference goes, the block returns
/// to its pool, or to the system if it came from none; so a job that is dropped on an error holds nobody up.
@safe public final class Buffer: @unchecked Sendable {
    // Unchecked: whoever holds the job holds the buffer; `Workers` hands each job to one thread at a time, through a lock.
    /// All of the block.
    public let bytes: UnsafeMutableRawBufferPointer
    /// How many bytes at the front mean something. For the users of the buffer; starts at 0.
    public var count = 0
    private let pool: BufferPool?

    /// A block of its own.
    ///
    /// - Parameter capacity: Its size in bytes.
    public convenience init(capacity: Int) {
        unsafe self.init(Self.allocate(capacity), of: nil)
    }

    init(_ bytes: UnsafeMutableRawBufferPointer, of pool: BufferPool?) {
        unsafe self.bytes = bytes
        self.pool = pool
    }

    deinit {
        guard let pool else { return unsafe bytes.deallocate() }
        unsafe pool.reclaim(bytes)
    }

    /// The size of the block in bytes.
    public var capacity: Int { unsafe bytes.count }

    /// The first ``count`` bytes.
    public var filled: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count]) }

    static func allocate(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: capacity, alignment: 4_096)
    }
}

/// A fixed number of buffers of one size, made when first needed and used again: the bound of what a pipeline holds.
///
/// In a pipeline there must be as many buffers as all jobs in flight may hold, or the oldest job may wait for ever.
@safe public final class BufferPool: Sendable {
    @safe private struct Stock {
        var idle: [UnsafeMutableRawBufferPointer]
        var unmade: Int
    }

    private let stock: Monitor<Stock>
    private let capacity: Int

    /// - Parameters:
    ///   - count: How many buffers there can be at a time.
    ///   - capacity: The size of each in bytes.
    public init(count: Int, capacity: Int) {
        precondition(count > 0, "a pool without buffers would let everyone wait for ever")
        stock = unsafe Monitor(Stock(idle: [], unmade: count))
        self.capacity = capacity
    }

    deinit { stock.withLock { stock in unsafe stock.idle.forEach { unsafe $0.deallocate() } } }

    /// Takes a buffer, whatever its bytes may be from before; waits while all are in use.
    public func take() -> Buffer {
        let bytes = unsafe stock.wait { stock in
            if let bytes = unsafe stock.idle.popLast() { return unsafe bytes }
            guard stock.unmade > 0 else { return nil }
            stock.unmade -= 1
            return unsafe Buffer.allocate(capacity)
        }
        return unsafe Buffer(bytes, of: self)
    }

    /// Gives a buffer back: it is there for others as soon as nobody refers to it any more.
    public func give(_ buffer: consuming Buffer) { _ = consume buffer }

    fileprivate func reclaim(_ bytes: UnsafeMutableRawBufferPointer) {
        stock.withLock { stock in unsafe stock.idle.append(bytes) }
    }
}
