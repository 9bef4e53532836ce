import Format
import Posix
import Values

/// Bytes that are known by size and digest before they are read, and where they are.
struct ContentReference: Hashable, Sendable {
    /// Where the bytes are.
    enum Place: Hashable, Sendable {
        /// In the store, by digest.
        case store
        /// In a file of its own.
        case file(FilePath)
    }

    let content: Content
    let place: Place

    var size: Int { content.size.bytes }
}
