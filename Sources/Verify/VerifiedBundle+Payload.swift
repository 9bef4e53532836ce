import Format
import LibCrypto
import Posix
public import Reporting
import Values

extension VerifiedBundle {
    /// Checks every stored byte of the payload twice over: each chunk by the manifest, each volume by SHA256SUMS, so that the verdict is
    /// that of `sha256sum -c` too (docs/decisions/0023). Of plain files, each is checked by its size in the manifest and its digest, which is
    /// the same in both.
    ///
    /// - Parameters:
    ///   - deep: Also unpacks every chunk, compares the tar stream with the one that follows from the entries, and checks the digest of
    ///     every entry.
    ///   - workers: Threads that hash; one more reads, one more keeps the order.
    /// - Throws: ``VerifyError``, the first in the order of the payload.
    public func verifyPayload(deep: Bool, workers: Int, progress: any ProgressReceiver) throws(VerifyError) {
        guard !manifest.target.os.takesPlainFiles else {
            return try verifyPlainFiles(workers: workers, progress: progress)
        }
        do {
            try runVerification(deep: deep, workers: workers, progress: progress)
        } catch let error as VerifyError {
            throw error
        } catch let error as FileError {
            throw .file(error)
        } catch {
            fatalError("the payload's verification threw something of another kind: \(error)")
        }
    }

    private func runVerification(deep: Bool, workers: Int, progress: any ProgressReceiver) throws {
        let everything = Array(manifest.chunks.indices)
        let jobs = Self.inFlight(workers)
        let stored = BufferPool(count: jobs, capacity: Chunk.maximumStoredSize.bytes)
        let plain = BufferPool(count: jobs, capacity: Chunk.maximumPlainSize.bytes)
        var reader = ChunkReader(of: self, selection: everything, buffers: stored)
        var meter = ChunkMeter(of: self, selection: everything, phase: .verify, progress: progress)
        var volumes = VolumeHasher(of: self)
        var stream = StreamChecker(of: self)
        try Workers.pipeline(
            count: workers, inFlight: jobs, produce: { try reader.read() },
            work: { [self] job -> (job: StoredChunk, plain: Buffer?) in
                guard deep else {
                    try check(job)
                    return (job, nil)
                }
                let buffer = plain.take()
                try unpack(job, into: buffer)
                return (job, buffer)
            },
            consume: { result in
                try volumes.take(result.job)
                if let plain = result.plain { try unsafe stream.take(plain.filled, ofChunk: result.job.index) }
                meter.passed(result.job.index)
            })
        try volumes.finish()
    }
}
