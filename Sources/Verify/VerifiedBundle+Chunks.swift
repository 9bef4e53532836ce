import Format
import LibCrypto
import LibZstd
import Posix
public import Reporting
import Values

extension VerifiedBundle {
    /// How much memory reading takes: jobs in flight for so many workers. Two for each: one at work, one waiting.
    static func inFlight(_ workers: Int) -> Int { 2 * workers + 1 }

    /// Reads chunks front to back, and hands the plain bytes of each to `use`.
    ///
    /// Each chunk is read once into memory; its stored digest is checked there, and it is decompressed from there; then its plain size and digest
    /// are checked. `use` is called on `workers` threads, in any order.
    ///
    /// - Parameters:
    ///   - selection: Indexes of the wanted chunks, ascending.
    ///   - phase: What progress is reported as; its bytes are stored bytes.
    /// - Throws: ``VerifyError``, or what `use` throws; the first in the order of chunks.
    public func forEachChunk(
        in selection: [Int], workers: Int, phase: Progress.Phase, progress: any ProgressReceiver,
        _ use: @escaping @Sendable (_ chunk: Int, _ plain: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let jobs = Self.inFlight(workers)
        let stored = BufferPool(count: jobs, capacity: Chunk.maximumStoredSize.bytes)
        let plain = BufferPool(count: workers, capacity: Chunk.maximumPlainSize.bytes)
        var reader = ChunkReader(of: self, selection: selection, buffers: stored)
        var meter = ChunkMeter(of: self, selection: selection, phase: phase, progress: progress)
        try Workers.pipeline(
            count: workers, inFlight: jobs, produce: { try reader.read() },
            work: { [self] job in
                let buffer = plain.take()
                try unpack(job, into: buffer)
                try unsafe use(job.index, buffer.filled)
                return job.index
            }, consume: { meter.passed($0) })
    }

    /// Checks the stored digest of a chunk.
    func check(_ job: StoredChunk) throws(VerifyError) {
        guard unsafe SHA256Digest.of(job.bytes.filled) == manifest.chunks[job.index].stored.digest else {
            throw damage(.stored, inChunk: job.index)
        }
    }

    /// Checks a chunk and decompresses it into `buffer`.
    func unpack(_ job: StoredChunk, into buffer: Buffer) throws(VerifyError) {
        try check(job)
        let plain = manifest.chunks[job.index].plain
        var decoder = FrameDecoder()
        buffer.count = plain.size.bytes
        do throws(ZstdError) {
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<buffer.count])
            _ = try unsafe decoder.decode(job.bytes.filled, into: target)
        } catch {
            throw damage(.plain(reason: error.diagnostic.message), inChunk: job.index)
        }
        guard unsafe SHA256Digest.of(buffer.filled) == plain.digest else {
            throw damage(.plain(reason: "it has another digest"), inChunk: job.index)
        }
    }
}

/// Reports how many stored bytes have passed.
struct ChunkMeter {
    private let bundle: VerifiedBundle
    private let phase: Progress.Phase
    private let progress: any ProgressReceiver
    private let total: Int
    private var done = 0

    init(of bundle: VerifiedBundle, selection: [Int], phase: Progress.Phase, progress: any ProgressReceiver) {
        self.bundle = bundle
        self.phase = phase
        self.progress = progress
        total = selection.reduce(0) { $0 + bundle.manifest.chunks[$1].stored.size.bytes }
        progress.report(Progress(phase, done: 0, total: total))
    }

    mutating func passed(_ index: Int) {
        let chunk = bundle.manifest.chunks[index]
        done += chunk.stored.size.bytes
        progress.report(Progress(phase, done: done, total: total, item: Volume.name(chunk.volume)))
    }
}
