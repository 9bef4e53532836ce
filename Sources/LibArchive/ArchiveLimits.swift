public import Values

/// How much a foreign archive may ask of us.
public struct ArchiveLimits: Hashable, Sendable {
    /// The most entries.
    public var entries: Int
    /// The most bytes in one entry.
    public var entrySize: ByteCount
    /// The most bytes in all entries together.
    public var totalSize: ByteCount
    /// How many times larger than the input the content may be, once it is larger than 64 MiB. zstd reaches 32 768 on zeros; images
    /// of programs stay below 10.
    public var ratio: Int

    /// Limits that any image archive or release archive keeps.
    public init(
        entries: Int = 100_000, entrySize: ByteCount = .gibibytes(16), totalSize: ByteCount = .gibibytes(64),
        ratio: Int = 200
    ) {
        self.entries = entries
        self.entrySize = entrySize
        self.totalSize = totalSize
        self.ratio = ratio
    }

    /// The longest header of a tar entry with all that extends it: a path and a link of the longest kind, times and owners, with room.
    /// libarchive itself stops at 1 MiB of pax records.
    public static let headerSize = ByteCount.kibibytes(64)
    /// Below this much content the ratio says nothing.
    static let ratioFloor = ByteCount.mebibytes(64)
}
