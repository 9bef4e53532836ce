import Format
import LibCrypto
import Posix
import Store
import Values

/// What is to be done with each chunk and each volume, decided before a byte is read.
struct PackPlan: Sendable {
    /// Where the stored bytes of a chunk come from.
    enum Way: Hashable, Sendable {
        /// Compressed now.
        case compress
        /// Copied out of a volume of the cache.
        case copy(VolumeIndex.Location)
        /// There already, in a volume that was taken over whole.
        case linked(CachedVolume.Part)
    }

    /// How a volume comes about.
    enum VolumeWay: Hashable, Sendable {
        /// It was taken over from the cache, and stands in the output already.
        case linked(CachedVolume)
        /// It is written; to `copy` too, where the store wants it and cannot link to it.
        case written(copy: FilePath?)
    }

    /// One chunk to be.
    struct Step: Sendable {
        let cut: CutPlan.Cut
        let recipe: SHA256Digest
        let way: Way
        /// Whether its plain bytes are needed, be it only for the digest of an archive.
        let needsPlain: Bool
    }

    let payload: Payload
    let steps: [Step]
    /// How each volume comes about, by number.
    let volumes: [Int: VolumeWay]
    /// The archives whose digest is not known, by the place of their content in the stream, in order.
    let unknownArchives: [ArchiveRange]
    /// The digests of the other archives, by item.
    let knownArchives: [Int: SHA256Digest]

    /// The content of an archive in the stream.
    struct ArchiveRange: Hashable, Sendable {
        let item: Int
        let key: SHA256Digest
        let range: Range<Int>
    }

    /// Decides, and links the volumes that can be taken over into `folder`.
    init(
        _ payload: Payload, options: Packer.Options, cache: VolumeCache?, folder: FilePath
    ) throws(AssembleError) {
        guard (CutPlan.minimumVolumeSize...Volume.maximumSize).contains(options.volumeSize) else {
            throw .volumeSize(options.volumeSize)
        }
        let plan = CutPlan(payload, volumeSize: options.volumeSize)
        guard plan.volumeCount <= Volume.maximumCount else { throw .tooManyVolumes(plan.volumeCount) }
        let recipes = plan.cuts.map { Recipe.of(payload.segments(in: $0.range), options.builder) }
        let index = try storing { () throws(StoreError) in try cache?.load() }
        self.payload = payload
        volumes = try storing { () throws(StoreError) in
            try Self.volumes(plan.cuts, recipes, index, cache, folder)
        }
        (unknownArchives, knownArchives) = try Self.archives(of: payload, cache)
        steps = Self.steps(plan.cuts, recipes, index, volumes, unknownArchives)
    }

    private static func volumes(
        _ cuts: [CutPlan.Cut], _ recipes: [SHA256Digest], _ index: VolumeIndex?, _ cache: VolumeCache?,
        _ folder: FilePath
    ) throws(StoreError) -> [Int: VolumeWay] {
        guard let index, let cache else { return [:] }
        let isFar = try !cache.store.isNear(folder)
        var ways: [Int: VolumeWay] = [:]
        for members in cuts.indices.chunked(by: { cuts[$0].volume }) {
            let number = cuts[members.lowerBound].volume
            let known = index.volume(of: Array(recipes[members]))
            let place = folder.appending(Volume.name(number))
            if let known, try cache.store.linkVolume(for: known.content.digest, to: place) {
                ways[number] = .linked(known)
            } else {
                let isWanted = isFar && known == nil
                ways[number] = .written(copy: isWanted ? try cache.store.pathForNewVolume() : nil)
            }
        }
        return ways
    }

    private static func archives(
        of payload: Payload, _ cache: VolumeCache?
    ) throws(AssembleError) -> ([ArchiveRange], [Int: SHA256Digest]) {
        var unknown: [ArchiveRange] = []
        var known: [Int: SHA256Digest] = [:]
        for item in payload.items.indices {
            guard case .archive(let archive) = payload.items[item].source else { continue }
            if let digest = try storing({ () throws(StoreError) in try cache?.archiveDigest(archive.key) }) {
                known[item] = digest
            } else {
                unknown.append(
                    ArchiveRange(item: item, key: archive.key, range: payload.layout.contentRange(of: item)))
            }
        }
        return (unknown, known)
    }

    private static func steps(
        _ cuts: [CutPlan.Cut], _ recipes: [SHA256Digest], _ index: VolumeIndex?, _ volumes: [Int: VolumeWay],
        _ unknown: [ArchiveRange]
    ) -> [Step] {
        var steps: [Step] = []
        steps.reserveCapacity(cuts.count)
        var archives = unknown[...]
        var first = 0
        for (number, cut) in cuts.enumerated() {
            if number > 0, cuts[number - 1].volume != cut.volume { first = number }
            while let archive = archives.first, archive.range.upperBound <= cut.range.lowerBound {
                archives.removeFirst()
            }
            let way: Way
            if case .linked(let volume)? = volumes[cut.volume] {
                way = .linked(volume.parts[number - first])
            } else {
                way = index?.location(of: recipes[number]).map { .copy($0) } ?? .compress
            }
            let isHashed = archives.first.map { $0.range.overlaps(cut.range) } ?? false
            steps.append(
                Step(cut: cut, recipe: recipes[number], way: way, needsPlain: way == .compress || isHashed))
        }
        return steps
    }
}

extension Range<Int> {
    /// The ranges of neighbours for which `key` is the same.
    fileprivate func chunked(by key: (Int) -> Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in self {
            if let last = ranges.last, key(last.lowerBound) == key(index) {
                ranges[ranges.count - 1] = last.lowerBound..<index + 1
            } else {
                ranges.append(index..<index + 1)
            }
        }
        return ranges
    }
}
