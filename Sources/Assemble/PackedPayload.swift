public import Format
import Values

/// What a ``Packer`` made of a payload.
public struct PackedPayload: Sendable {
    /// The entries with all digests, for the manifest.
    public internal(set) var entries: [Entry]
    /// The chunks in stream order, for the manifest.
    public internal(set) var chunks: [Chunk] = []
    /// The volumes with their digests.
    public internal(set) var volumes: [PackedVolume] = []
    /// Archives whose digest was not known before, by what they are made of.
    var newArchives: [(key: SHA256Digest, digest: SHA256Digest)] = []
    /// Where the chunks came from.
    public internal(set) var statistics = Statistics()

    /// How many chunks were made how.
    public struct Statistics: Hashable, Sendable {
        /// Compressed now.
        public internal(set) var compressed = 0
        /// Copied from a volume of the cache.
        public internal(set) var copied = 0
        /// Taken over with a whole volume of the cache.
        public internal(set) var linked = 0

        init(compressed: Int = 0, copied: Int = 0, linked: Int = 0) {
            self.compressed = compressed
            self.copied = copied
            self.linked = linked
        }
    }
}

/// A volume that stands in the output folder.
public struct PackedVolume: Sendable {
    /// From 1.
    public let number: Int
    let cached: CachedVolume
    /// Whether it is a volume of the cache under a second name, its bytes not yet read.
    public let isLinked: Bool
    /// The copy that the store can have, where it cannot link to the volume.
    let copy: NearCopy?

    /// Size and digest of the file.
    public var content: Content { cached.content }

    /// Its name and size, for the manifest.
    public var volume: Volume { Volume(number: number, size: content.size) }
}
