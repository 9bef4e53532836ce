import Format
import Values

/// Which chunks and volumes the cache has, by what they are made of.
struct VolumeIndex: Sendable {
    /// Where a chunk is stored.
    struct Location: Hashable, Sendable {
        /// The digest of the volume, its name in the cache.
        let volume: SHA256Digest
        let offset: Int
        let part: CachedVolume.Part
    }

    private var volumes: [SHA256Digest: CachedVolume] = [:]
    private var chunks: [SHA256Digest: Location] = [:]

    /// Adds a volume; chunks that are known already stay where they are.
    mutating func add(_ volume: CachedVolume) {
        volumes[volume.key] = volume
        var offset = 0
        for part in volume.parts {
            if chunks[part.recipe] == nil {
                chunks[part.recipe] = Location(volume: volume.content.digest, offset: offset, part: part)
            }
            offset += part.stored.size.bytes
        }
    }

    /// The volume that has chunks of exactly these recipes.
    func volume(of recipes: [SHA256Digest]) -> CachedVolume? { volumes[CachedVolume.key(recipes)] }

    /// Where a chunk of this recipe is.
    func location(of recipe: SHA256Digest) -> Location? { chunks[recipe] }
}
