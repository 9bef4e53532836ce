import Format
import Posix
public import Store
public import Values

/// Volumes of earlier builds in the store, kept so that a rebuild compresses only what changed.
///
/// A volume lies there by its digest, on the same file system as another name of the file in the bundle, with a record of
/// its chunks. Everything taken from here is checked again where it goes; whatever is wrong here is dropped and made anew.
/// Also kept: the digests of image archives, by what they are made of.
public struct VolumeCache: Sendable {
    let store: Store
    /// The most bytes of volumes; the ones not used for longest go first.
    public let limit: ByteCount

    private static let volumeKind = "volume"
    private static let archiveKind = "archive"
    private static let useKind = "volume-use"

    /// Uses the volumes of `store`.
    public init(_ store: Store, limit: ByteCount = .gibibytes(40)) {
        self.store = store
        self.limit = limit
    }

    /// All volumes with a sound record.
    func load() throws(StoreError) -> VolumeIndex {
        var index = VolumeIndex()
        for digest in try store.volumeKeys() {
            if let volume = try volume(digest) { index.add(volume) } else { try store.dropVolume(for: digest) }
        }
        return index
    }

    private func volume(_ digest: SHA256Digest) throws(StoreError) -> CachedVolume? {
        guard let text = try store.record(kind: Self.volumeKind, key: digest.hex),
            let volume = CachedVolume(text: text),
            volume.content.digest == digest
        else { return nil }
        return volume
    }

    /// Keeps what a finished build has in `output`, complete and checked, and drops what was not used for longest.
    func keep(_ packed: PackedPayload, from output: FilePath) throws(StoreError) {
        for volume in packed.volumes {
            let digest = volume.content.digest
            let (known, file) = (try self.volume(digest), try store.volume(for: digest))
            if known == nil || file == nil {
                try store.setRecord(volume.cached.text, kind: Self.volumeKind, key: digest.hex)
                if let copy = volume.copy {
                    try store.adoptVolume(copy.path, for: digest)
                } else if try store.isNear(output) {
                    try store.keepVolume(output.appending(volume.volume.name), for: digest)
                }
            }
        }
        for archive in packed.newArchives {
            try store.setRecord(Array(archive.digest.hex.utf8), kind: Self.archiveKind, key: archive.key.hex)
        }
        try prune(used: packed.volumes.map(\.content.digest))
    }

    /// The digest of the image archive that is made of what `key` stands for, if it was ever packed.
    func archiveDigest(_ key: SHA256Digest) throws(StoreError) -> SHA256Digest? {
        try store.record(kind: Self.archiveKind, key: key.hex).flatMap {
            SHA256Digest(hex: String(decoding: $0, as: UTF8.self))
        }
    }

    /// Notes that `used` were used last, and drops from the other end until the limit holds; never one of `used`.
    private func prune(used: [SHA256Digest]) throws(StoreError) {
        let key = "order"
        let text = String(decoding: try store.record(kind: Self.useKind, key: key) ?? [], as: UTF8.self)
        let recent = Set(used)
        let earlier = text.split(separator: "\n").compactMap { SHA256Digest(hex: $0) }.filter { !recent.contains($0) }
        let there = try store.volumeKeys()
        // What another run kept at the same time may be missing in the note: it counts as old.
        let unnoted = there.filter { !recent.contains($0) && !earlier.contains($0) }
        var order: [SHA256Digest] = []
        var total = 0
        for digest in used + earlier.filter(there.contains) + unnoted {
            total += try volume(digest)?.content.size.bytes ?? 0
            if total <= limit.bytes || recent.contains(digest) {
                order.append(digest)
            } else {
                try store.dropVolume(for: digest)
            }
        }
        try store.setRecord(Array(order.map { $0.hex + "\n" }.joined().utf8), kind: Self.useKind, key: key)
    }
}
