import Values

/// Where a stretch of an entry's content is in the payload (docs/format.md §7).
public struct Extent: Hashable, Sendable {
    /// The chunk, from 0; the offset into its plain bytes; the number of bytes.
    public var chunk, offset, length: Int

    /// Three numbers, as they stand.
    public init(chunk: Int, offset: Int, length: Int) {
        self.chunk = chunk
        self.offset = offset
        self.length = length
    }
}

/// Where each chunk begins in the tar stream and in its volume.
public struct ChunkIndex: Sendable {
    /// Stream offset of each chunk, and the length of the stream at the end.
    public let streamOffsets: [Int]
    /// Offset of each chunk in its volume.
    public let volumeOffsets: [Int]

    /// Adds up the sizes, in the order of the chunks.
    public init(chunks: [Chunk]) {
        var streamOffsets = [0]
        var volumeOffsets: [Int] = []
        streamOffsets.reserveCapacity(chunks.count + 1)
        volumeOffsets.reserveCapacity(chunks.count)
        var (volume, offset) = (0, 0)
        for chunk in chunks {
            if chunk.volume != volume { (volume, offset) = (chunk.volume, 0) }
            volumeOffsets.append(offset)
            offset += chunk.stored.size.bytes
            streamOffsets.append(streamOffsets[streamOffsets.count - 1] + chunk.plain.size.bytes)
        }
        self.streamOffsets = streamOffsets
        self.volumeOffsets = volumeOffsets
    }

    /// The stretch of the stream that chunk `index` holds.
    public func streamRange(of index: Int) -> Range<Int> { streamOffsets[index]..<streamOffsets[index + 1] }

    /// The extents that cover `range` of the stream.
    public func extents(covering range: Range<Int>) -> [Extent] {
        guard !range.isEmpty else { return [] }
        var found: [Extent] = []
        var chunk = self.chunk(at: range.lowerBound)
        while chunk < volumeOffsets.count, streamOffsets[chunk] < range.upperBound {
            let part = range.clamped(to: streamRange(of: chunk))
            found.append(Extent(chunk: chunk, offset: part.lowerBound - streamOffsets[chunk], length: part.count))
            chunk += 1
        }
        return found
    }

    /// The chunk that holds stream offset `offset`.
    private func chunk(at offset: Int) -> Int {
        var (low, high) = (0, streamOffsets.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if streamOffsets[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
