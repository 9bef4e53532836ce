package import JSON

/// The text of a journal that was read and can be written again: a door for fuzzers, which run no transaction.
package struct JournalText: Hashable, Sendable {
    private let journal: Journal

    /// Reads a journal.
    package init(_ bytes: [UInt8]) throws(JSONError) { journal = try Journal.read(bytes) }

    /// What sealift writes for it.
    package var bytes: [UInt8] { journal.bytes }
}
