public import Values

/// One file of a bundle as it is copied.
public struct MediumFile: Hashable, Sendable {
    /// Its name in the bundle's folder.
    public let name: MemberPath
    /// Its length in bytes.
    public let size: ByteCount
    /// The digest that was signed; `nil` for what is below `signatures/`, which vouches for itself.
    let digest: SHA256Digest?
    /// Whether it may stand on another medium than SHA256SUMS (docs/format.md §8.2).
    let mayLeave: Bool

    init(_ name: MemberPath, size: ByteCount, digest: SHA256Digest?, mayLeave: Bool = false) {
        self.name = name
        self.size = size
        self.digest = digest
        self.mayLeave = mayLeave
    }

    /// What it takes on a medium: whole clusters of at most 64 KiB, and an entry in a folder.
    var footprint: Int { (size.bytes + Self.cluster - 1) / Self.cluster * Self.cluster + 512 }

    /// The largest cluster that FAT32 is formatted with by common tools.
    private static let cluster = 64 << 10
}
