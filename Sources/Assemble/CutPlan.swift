import Format
import LibZstdEncoder
import Values

/// Where the stream is cut into chunks and volumes: a pure function of the items, decided before a byte is read
/// (docs/format.md §8.2).
struct CutPlan: Sendable {
    /// A file, or a blob in an image archive, of this size has its borders cut, so that its chunks depend on its bytes alone.
    static let cutSize = 1 << 20
    /// A file of this size has volumes of its own, so that a later build can take them over whole.
    static let ownVolumeSize = 64 << 20
    /// The smallest volume size that can be asked for.
    static let minimumVolumeSize = ByteCount.mebibytes(8)

    /// One chunk to be.
    struct Cut: Hashable, Sendable {
        /// Where it is in the stream.
        let range: Range<Int>
        /// From 1.
        let volume: Int
    }

    /// In stream order, without gaps.
    let cuts: [Cut]

    init(_ payload: Payload, volumeSize: ByteCount) {
        var points: Set<Int> = [0, payload.length]
        var volumeBorders: Set<Int> = []
        for index in payload.items.indices {
            let range = payload.layout.contentRange(of: index)
            if range.count >= Self.cutSize { points.formUnion([range.lowerBound, range.upperBound]) }
            if range.count >= Self.ownVolumeSize { volumeBorders.formUnion([range.lowerBound, range.upperBound]) }
            if case .archive(let archive) = payload.items[index].source {
                points.formUnion(archive.borders(ofContentFrom: Self.cutSize).map { range.lowerBound + $0 })
            }
        }
        cuts = Self.cuts(Self.ranges(between: points.sorted()), volumeBorders, volumeSize: volumeSize.bytes)
    }

    /// The number of volumes.
    var volumeCount: Int { cuts.last?.volume ?? 0 }

    /// The most bytes that the chunk can take when stored.
    static func worstCase(_ cut: Cut) -> Int { FrameEncoder.bound(cut.range.count) }

    private static func ranges(between points: [Int]) -> [Range<Int>] {
        zip(points, points.dropFirst()).flatMap { start, end in
            stride(from: start, to: end, by: Chunk.maximumPlainSize.bytes).map {
                $0..<min(end, $0 + Chunk.maximumPlainSize.bytes)
            }
        }
    }

    private static func cuts(_ ranges: [Range<Int>], _ borders: Set<Int>, volumeSize: Int) -> [Cut] {
        var cuts: [Cut] = []
        cuts.reserveCapacity(ranges.count)
        var volume = 1
        var filled = 0
        for range in ranges {
            let size = FrameEncoder.bound(range.count)
            if filled > 0, borders.contains(range.lowerBound) || filled + size > volumeSize {
                volume += 1
                filled = 0
            }
            cuts.append(Cut(range: range, volume: volume))
            filled += size
        }
        return cuts
    }
}
