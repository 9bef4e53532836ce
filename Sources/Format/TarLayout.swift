import Values

/// Where everything stands in the tar stream of some entries (docs/format.md §8.1).
///
/// Holds three offsets an entry; headers are made anew whenever they are asked for.
public struct TarLayout: Sendable {
    /// The entries in stream order.
    public let entries: [Entry]
    /// The length of the stream, its two closing blocks included.
    public let length: Int

    /// Offset of the first header byte of each entry, and one more for the closing blocks.
    private let starts: [Int]
    /// Offset of the first content byte of each entry; where it would be for entries without content.
    private let contentStarts: [Int]

    /// Computes where everything stands; entries must be in stream order.
    public init(entries: [Entry]) {
        var starts: [Int] = []
        var contentStarts: [Int] = []
        starts.reserveCapacity(entries.count + 1)
        contentStarts.reserveCapacity(entries.count)
        var offset = 0
        for entry in entries {
            starts.append(offset)
            offset += TarHeader.bytes(for: entry).count
            contentStarts.append(offset)
            let size = entry.content?.size.bytes ?? 0
            offset += size + TarHeader.padding(after: size)
        }
        starts.append(offset)
        self.entries = entries
        self.starts = starts
        self.contentStarts = contentStarts
        length = offset + 2 * TarHeader.blockSize
    }

    /// The stretch of the stream that holds the content of entry `index`; empty for folders and links.
    public func contentRange(of index: Int) -> Range<Int> {
        let start = contentStarts[index]
        return start..<start + (entries[index].content?.size.bytes ?? 0)
    }

    /// A stretch of the stream: bytes that follow from the entries, or content.
    public enum Piece: Hashable, Sendable {
        /// Headers, padding and closing blocks.
        case literal([UInt8])
        /// `count` bytes of entry `entry`, from `offset` of its content.
        case content(entry: Int, offset: Int, count: Int)

        /// Bytes in the stream.
        public var count: Int {
            switch self {
            case .literal(let bytes): bytes.count
            case .content(_, _, let count): count
            }
        }
    }

    /// What stands in `range`, in order, without gaps.
    ///
    /// - Precondition: `range` lies within the stream.
    /// - Complexity: O(log entries + pieces).
    public func pieces(in range: Range<Int>) -> [Piece] {
        precondition(range.lowerBound >= 0 && range.upperBound <= length, "the range lies within the stream")
        var pieces: [Piece] = []
        var index = entryIndex(at: range.lowerBound)
        while index < entries.count, starts[index] < range.upperBound {
            append(entry: index, within: range, to: &pieces)
            index += 1
        }
        let closing = max(range.lowerBound, starts[entries.count])
        if closing < range.upperBound { addLiteral(zeros(range.upperBound - closing), to: &pieces) }
        return pieces
    }

    private func append(entry index: Int, within range: Range<Int>, to pieces: inout [Piece]) {
        let content = contentRange(of: index)
        let header = range.clamped(to: starts[index]..<content.lowerBound)
        if !header.isEmpty {
            let bytes = TarHeader.bytes(for: entries[index])
            addLiteral(
                Array(bytes[(header.lowerBound - starts[index])..<(header.upperBound - starts[index])]), to: &pieces)
        }
        let inside = range.clamped(to: content)
        if !inside.isEmpty {
            pieces.append(.content(entry: index, offset: inside.lowerBound - content.lowerBound, count: inside.count))
        }
        let padding = range.clamped(to: content.upperBound..<starts[index + 1])
        if !padding.isEmpty { addLiteral(zeros(padding.count), to: &pieces) }
    }

    private func addLiteral(_ bytes: [UInt8], to pieces: inout [Piece]) {
        if case .literal(let before)? = pieces.last {
            pieces[pieces.count - 1] = .literal(before + bytes)
        } else {
            pieces.append(.literal(bytes))
        }
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    /// The last entry that starts at or before `offset`; `entries.count` in the closing blocks.
    private func entryIndex(at offset: Int) -> Int {
        var (low, high) = (0, entries.count + 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
