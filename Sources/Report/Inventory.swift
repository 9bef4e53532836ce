import Format
import Values

/// What is known of a bundle's files and images beyond their digests, found by digest and by name.
struct Inventory {
    private let files: [SHA256Digest: Material]
    private let images: [SHA256Digest: Material]
    private let checksums: [SHA256Digest: Source.Checksum]
    private let urls: [SHA256Digest: String]

    init(_ manifest: Manifest, _ record: BuildRecord?) {
        let materials = record?.materials ?? []
        let laid: Set<Material.Kind> = [.artefact, .snap, .chart]
        files = Dictionary(materials.filter { laid.contains($0.kind) }.map { ($0.digest, $0) }) { first, _ in first }
        // An image without its index is known by its manifest.
        images = Dictionary(
            materials.filter { $0.kind == .image }.flatMap { image in
                [image.digest, image.manifest].compactMap(\.self).map { ($0, image) }
            }
        ) { first, _ in first }
        urls = Dictionary(manifest.sources.map { ($0.content.digest, $0.url) }) { first, _ in first }
        checksums = Dictionary(
            manifest.sources.compactMap { source in source.checksum.map { (source.content.digest, $0) } }
        ) { first, _ in first }
    }

    /// What is known of the file with this digest.
    func file(_ digest: SHA256Digest) -> Material? { files[digest] }

    /// What is known of the image whose name points at this digest.
    func image(_ digest: SHA256Digest) -> Material? { images[digest] }

    /// Where the file was fetched from.
    func url(_ digest: SHA256Digest) -> String? { urls[digest] }

    /// The makers' checksum file that it was compared with.
    func checksum(_ digest: SHA256Digest) -> Source.Checksum? { checksums[digest] }
}
