public import Format
import LibCrypto
import LibZstdEncoder
public import Posix
public import Reporting
public import Store
public import Values

/// Writes a payload as volumes: every byte is read once, hashed, compressed once, written once.
///
/// Chunks are worked on in parallel and stand in the volumes in their order; the bytes are the same for any number of jobs.
public struct Packer: Sendable {
    /// How to pack.
    public struct Options: Hashable, Sendable {
        /// What writes: stands in the manifest, holds the compression level, and tells cached chunks apart.
        public var builder: Manifest.Builder
        /// The most bytes of a volume, from 8 MiB to 1 GiB.
        public var volumeSize: ByteCount
        /// How many threads compress.
        public var jobs: Int

        /// - Parameter jobs: As many as there are processors when it is 0 or less; at most 64.
        public init(builder: Manifest.Builder, volumeSize: ByteCount = Volume.maximumSize, jobs: Int = 0) {
            self.builder = builder
            self.volumeSize = volumeSize
            self.jobs = min(64, jobs > 0 ? jobs : Workers.processorCount)
        }
    }

    let store: Store
    let cache: VolumeCache?
    let options: Options

    /// - Parameter cache: Where volumes of earlier builds are; `nil` packs everything anew.
    public init(store: Store, cache: VolumeCache?, options: Options) {
        self.store = store
        self.cache = cache
        self.options = options
    }

    /// Writes the volumes of `payload` into `folder`.
    ///
    /// - Throws: ``AssembleError``; what was written so far is then of no use.
    /// - Note: A volume that is ``PackedVolume/isLinked`` was not read: whoever goes on must check it.
    public func pack(
        _ payload: Payload, into folder: borrowing DirectoryHandle, progress: any ProgressReceiver
    ) throws(AssembleError) -> PackedPayload {
        let plan = try PackPlan(payload, options: options, cache: cache, folder: folder.path)
        let inFlight = PackWork.inFlight(jobs: options.jobs)
        var reading = PackReading(plan, store: store, inFlight: inFlight)
        var writing = PackWriting(plan, progress: progress)
        let work = PackWork(plan, cache: cache, level: options.builder.level, inFlight: inFlight)
        do {
            try Workers.pipeline(
                count: options.jobs, inFlight: inFlight, produce: { try reading.nextJob() },
                work: { try work.result(of: $0) }, consume: { try writing.take($0, into: folder) })
            return try writing.finish()
        } catch { throw assembleError(error) }
    }
}
