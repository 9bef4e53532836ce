public import Posix
public import Values

/// A cache of content, told apart by its SHA-256. Safe to interrupt at any moment, to share between runs, to delete.
///
///     blobs/sha256/ab/<64 hex>     complete content, read-only
///     partial/<64 hex>             content on its way in, locked (flock) by the run that brings it; the next run goes on
///     partial/<64 hex>.<random>    the same for a second run at the same time, and for content without a known digest
///     records/<kind>/<64 hex>      small named records, each with its own check sum
///     volumes/<64 hex>             large files by a key of the caller's
///     damaged/<64 hex>.<random>    content that was found changed
///     lock                         held shared by every run, and alone by one that prunes
///
/// Nothing here is made durable by fsync: every reader checks digests again, so a file that a power cut emptied is found
/// and fetched anew, and a download costs no wait for the disk.
public struct Store: Sendable {
    /// The folder that holds it all.
    public let root: FilePath
    /// Keeps others from pruning.
    let lease: Lease

    /// Opens the store at `root`, and makes its folders where they are missing.
    ///
    /// Parts that a killed run left, and that no run can go on with, are removed.
    /// - Throws: ``StoreError/busy(_:)`` while another run prunes.
    public init(root: FilePath) throws(StoreError) {
        self.root = root
        try filing { () throws(FileError) in try Files.makeDirectories(root) }
        lease = try Lease(root)
        for folder in [blobs, partials, records, volumes] {
            try filing { () throws(FileError) in try Files.makeDirectories(folder) }
        }
        try removeAbandonedParts()
    }

    var blobs: FilePath { root.appending("blobs").appending("sha256") }
    var partials: FilePath { root.appending("partial") }
    var records: FilePath { root.appending("records") }
    var volumes: FilePath { root.appending("volumes") }
    var quarantine: FilePath { root.appending("damaged") }

    /// Where content of `digest` lies, or would lie. Not to be written to.
    public func path(of digest: SHA256Digest) -> FilePath {
        let hex = digest.hex
        return blobs.appending(String(hex.prefix(2))).appending(hex)
    }

    /// A name that nobody else chooses: 64 random bits.
    static func randomName() throws(FileError) -> String { Hex.encode(try System.randomBytes(8)) }
}
