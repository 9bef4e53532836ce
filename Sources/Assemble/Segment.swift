import Values

/// A stretch of the payload's stream, down to where its bytes come from.
enum Segment: Hashable, Sendable {
    /// Headers, padding, templates and whatever else is at hand.
    case literal([UInt8])
    /// `count` bytes from `offset` of some content.
    case content(ContentReference, offset: Int, count: Int)

    var count: Int {
        switch self {
        case .literal(let bytes): bytes.count
        case .content(_, _, let count): count
        }
    }
}

extension PayloadItem.Source {
    /// `count` bytes from `offset`, for sources that are one piece.
    func segment(offset: Int, count: Int) -> Segment {
        switch self {
        case .literal(let bytes): .literal(Array(bytes[offset..<offset + count]))
        case .content(let reference): .content(reference, offset: offset, count: count)
        case .none, .archive: preconditionFailure("folders, links and archives are not one piece of content")
        }
    }
}
