import Format
import LibCrypto
import Posix
import Reporting
import Values

/// The third stage: writes the chunks in order, and computes the digests that run over many chunks. For one thread.
struct PackWriting: ~Copyable {
    private let plan: PackPlan
    private let progress: any ProgressReceiver
    private var parts: [CachedVolume.Part?]
    private var written: [Int: (content: Content, copy: NearCopy?)] = [:]
    private var writer: VolumeWriter?
    private var writerNumber = 0
    private var archives: ArraySlice<PackPlan.ArchiveRange>
    private var archiveContext = SHA256Context()
    private var digests: [Int: SHA256Digest]
    private var statistics = PackedPayload.Statistics()

    init(_ plan: PackPlan, progress: any ProgressReceiver) {
        self.plan = plan
        self.progress = progress
        archives = plan.unknownArchives[...]
        digests = plan.knownArchives
        parts = plan.steps.map { step in
            if case .linked(let part) = step.way { part } else { nil }
        }
    }

    /// Takes the next chunk.
    mutating func take(_ result: PackWork.Result, into folder: borrowing DirectoryHandle) throws(AssembleError) {
        let step = plan.steps[result.index]
        if let plain = result.plain { hashArchives(plain, at: step.cut.range) }
        if let stored = result.stored {
            try open(volume: step.cut.volume, in: folder)
            try files { () throws(FileError) in try writer?.write(stored) }
        }
        parts[result.index] = result.part
        switch step.way {
        case .compress: statistics.compressed += 1
        case .copy: statistics.copied += 1
        case .linked: break
        }
        progress.report(Progress(.pack, done: step.cut.range.upperBound, total: plan.payload.length))
    }

    /// Ends the last volume and gives all that was found out.
    mutating func finish() throws(AssembleError) -> PackedPayload {
        try closeVolume()
        let parts = self.parts.compactMap(\.self)
        precondition(parts.count == plan.steps.count, "every chunk was taken")
        var packed = PackedPayload(entries: plan.payload.entries)
        for (item, digest) in digests { packed.entries[item] = packed.entries[item].with(digest: digest) }
        packed.chunks = zip(plan.steps, parts).map { step, part in
            Chunk(stored: part.stored, plain: part.plain, volume: step.cut.volume)
        }
        packed.volumes = packedVolumes(parts)
        packed.newArchives = plan.unknownArchives.compactMap { archive in
            digests[archive.item].map { (archive.key, $0) }
        }
        packed.statistics = statistics
        packed.statistics.linked = parts.count - statistics.compressed - statistics.copied
        return packed
    }

    private func packedVolumes(_ parts: [CachedVolume.Part]) -> [PackedVolume] {
        var byVolume: [Int: [CachedVolume.Part]] = [:]
        for (step, part) in zip(plan.steps, parts) { byVolume[step.cut.volume, default: []].append(part) }
        return byVolume.sorted { $0.key < $1.key }.map { number, parts in
            if case .linked(let linked)? = plan.volumes[number] {
                return PackedVolume(number: number, cached: linked, isLinked: true, copy: nil)
            }
            guard let volume = written[number] else { preconditionFailure("every volume was written or linked") }
            return PackedVolume(
                number: number, cached: CachedVolume(content: volume.content, parts: parts), isLinked: false,
                copy: volume.copy)
        }
    }

    /// Begins volume `number`, unless it is the one being written.
    private mutating func open(volume number: Int, in folder: borrowing DirectoryHandle) throws(AssembleError) {
        guard number != writerNumber else { return }
        try closeVolume()
        var copy: FilePath?
        if case .written(let path)? = plan.volumes[number] { copy = path }
        do throws(FileError) { writer = try VolumeWriter.create(Volume.name(number), in: folder, copy: copy) } catch {
            throw .file(error)
        }
        writerNumber = number
    }

    private mutating func closeVolume() throws(AssembleError) {
        guard let finished = writer.take() else { return }
        do throws(FileError) { written[writerNumber] = try finished.finish() } catch { throw .file(error) }
    }

    /// Adds the stretches of `plain` that belong to archives with a digest to be found.
    private mutating func hashArchives(_ plain: Buffer, at range: Range<Int>) {
        while let archive = archives.first, archive.range.lowerBound < range.upperBound {
            let part = archive.range.clamped(to: range)
            let offset = part.lowerBound - range.lowerBound
            unsafe archiveContext.update(
                UnsafeRawBufferPointer(rebasing: plain.filled[offset..<offset + part.count]))
            guard archive.range.upperBound <= range.upperBound else { return }
            digests[archive.item] = takeArchiveDigest()
            archives.removeFirst()
        }
    }

    private mutating func takeArchiveDigest() -> SHA256Digest {
        var context = SHA256Context()
        swap(&context, &archiveContext)
        return context.finalize()
    }
}
