public import Format
import Values

/// All items of a payload, in the order of the stream.
public struct Payload: Sendable {
    let items: [PayloadItem]
    let layout: TarLayout

    /// Takes items in any order. Whether they are good for a bundle is checked with the manifest.
    public init(_ items: [PayloadItem]) {
        self.items = items.sorted { $0.entry.path < $1.entry.path }
        layout = TarLayout(entries: self.items.map(\.entry))
    }

    /// The length of the stream, in bytes.
    public var length: Int { layout.length }

    /// The entries in order, the digests of new archives not yet known.
    public var entries: [Entry] { layout.entries }

    /// What stands in `range` of the stream.
    func segments(in range: Range<Int>) -> [Segment] {
        layout.pieces(in: range).flatMap { piece -> [Segment] in
            switch piece {
            case .literal(let bytes): [.literal(bytes)]
            case .content(let item, let offset, let count):
                switch items[item].source {
                case .archive(let archive): archive.segments(in: offset..<offset + count)
                case let source: [source.segment(offset: offset, count: count)]
                }
            }
        }
    }
}
