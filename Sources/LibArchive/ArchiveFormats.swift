/// The archive formats a reader accepts. Each is asked for by name: most holes in libarchive were in formats nobody meant to
/// read (facts in docs/threat-model.md).
public struct ArchiveFormats: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Takes the bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// ustar, pax and GNU tar.
    public static let tar = Self(rawValue: 1)
    /// ZIP, deflate and stored.
    public static let zip = Self(rawValue: 2)
}

/// The compressions around an archive that a reader accepts, beside none.
public struct ArchiveFilters: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Takes the bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// RFC 1952.
    public static let gzip = Self(rawValue: 1)
    /// RFC 8878, windows up to 128 MiB.
    public static let zstd = Self(rawValue: 2)
    /// The format of xz-utils.
    public static let xz = Self(rawValue: 4)
    /// The format of bzip2.
    public static let bzip2 = Self(rawValue: 8)
}
