import Format
import LibCrypto
import LibZstdEncoder
import Posix
import Store
import Values

/// The second stage: digests and compression, many chunks at a time.
struct PackWork: Sendable {
    /// A chunk that something is to be done for.
    struct Job: Sendable {
        /// The place in the plan.
        let index: Int
        let way: PackPlan.Way
        let plain: Buffer?
    }

    /// A chunk that is done.
    struct Result: Sendable {
        let index: Int
        /// The plain bytes, for the digest of an archive.
        let plain: Buffer?
        /// The bytes to write; `nil` when they are there already.
        let stored: Buffer?
        let part: CachedVolume.Part
    }

    private let plan: PackPlan
    private let cache: VolumeCache?
    private let encoders: EncoderPool
    private let buffers: BufferPool

    /// The most chunks in memory at a time: one for each worker, and a few that are read ahead or wait to be written.
    static func inFlight(jobs: Int) -> Int { jobs + 8 }

    init(_ plan: PackPlan, cache: VolumeCache?, level: Int, inFlight: Int) {
        self.plan = plan
        self.cache = cache
        encoders = EncoderPool(level: level)
        buffers = BufferPool(count: inFlight, capacity: FrameEncoder.bound(Chunk.maximumPlainSize.bytes))
    }

    /// Does what the chunk needs.
    func result(of job: Job) throws -> Result {
        switch job.way {
        case .linked(let part): Result(index: job.index, plain: job.plain, stored: nil, part: part)
        case .copy(let location):
            Result(index: job.index, plain: job.plain, stored: try copy(location), part: location.part)
        case .compress: try compress(job)
        }
    }

    private func compress(_ job: Job) throws -> Result {
        guard let plain = job.plain else { preconditionFailure("what is compressed was read") }
        let stored = buffers.take()
        try encoders.encode(plain, into: stored)
        let part = unsafe CachedVolume.Part(
            recipe: plan.steps[job.index].recipe,
            plain: Content(size: ByteCount(plain.count), digest: .of(plain.filled)),
            stored: Content(size: ByteCount(stored.count), digest: .of(stored.filled)))
        return Result(index: job.index, plain: plain, stored: stored, part: part)
    }

    /// Takes a chunk out of the cache, if it is what the index says.
    private func copy(_ location: VolumeIndex.Location) throws -> Buffer {
        guard let cache else { preconditionFailure("what is copied was found in a cache") }
        let stored = buffers.take()
        stored.count = location.part.stored.size.bytes
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: stored.bytes[..<stored.count])
        do {
            guard let path = try cache.store.volume(for: location.volume) else {
                throw AssembleError.cacheDamaged(location.volume)
            }
            let count = try unsafe FileDescriptor.open(path, .readOnly).readFully(into: target, at: location.offset)
            guard count == stored.count, unsafe .of(stored.filled) == location.part.stored.digest else {
                throw AssembleError.cacheDamaged(location.volume)
            }
        } catch is FileError { throw AssembleError.cacheDamaged(location.volume) }
        return stored
    }
}
