import Assemble
import Format
import LibCrypto
import Posix
import Reporting
import Store
import Values

@testable import OCI

/// A store, a cache, output folders, and small payloads to pack with them.
final class PackFixture {
    let scratch: Scratch
    let store: Store
    let cache: VolumeCache
    private var outputs = 0

    init() throws {
        scratch = try Scratch()
        store = try Store(root: scratch.path.appending("cache"))
        cache = VolumeCache(store)
    }

    static let builder = Manifest.Builder(tool: "sealift", version: "0", zstd: "1.5", level: 3)

    /// Packs into a new folder.
    func pack(
        _ items: [PayloadItem], jobs: Int = 2, volumeSize: ByteCount = .mebibytes(16), caching: Bool = false,
        builder: Manifest.Builder = PackFixture.builder
    ) throws -> (packed: PackedPayload, folder: FilePath) {
        outputs += 1
        let folder = try scratch.folder("out-\(outputs)")
        let packer = Packer(
            store: store, cache: caching ? cache : nil,
            options: .init(builder: builder, volumeSize: volumeSize, jobs: jobs))
        let packed = try packer.pack(Payload(items), into: try DirectoryHandle.open(folder), progress: SilentProgress())
        return (packed, folder)
    }

    /// Items of every kind; files of 1 MiB and more, and an archive with blobs on both sides of that border.
    func items(change: String = "") throws -> [PayloadItem] {
        let permissions = Permissions(mode: .file)
        let large = try store.add(noise(2_300_000, seed: 1))
        let text = try store.add([UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000))
        let layer = try store.add(noise(1_100_000, seed: 2))
        let config = try store.add(noise(700, seed: 3))
        let long = (1...9).map { "a-folder-with-a-long-name-\($0)" }.joined(separator: "/")
        return [
            .directory(path("etc"), Permissions(mode: .executable)),
            .literal(path("etc/empty"), permissions, []),
            .literal(path("etc/hosts"), Permissions(mode: .secret), Array("127.0.0.1 localhost\(change)\n".utf8)),
            try .template(path("etc/config"), permissions, Array("a: ${NODE_IP}\n".utf8), format: .yaml),
            .link(path("etc/link"), target: "hosts"),
            .link(path("etc/long-link"), target: long),
            .literal(path(long), permissions, Array("deep".utf8)),
            .stored(path("usr/bin/large"), Permissions(mode: .executable), large),
            .stored(path("usr/share/text"), permissions, text),
            .archive(path("images.tar"), permissions, Self.archive(layer: layer, config: config)),
        ]
    }

    /// An archive plan over blobs that are in the store; the blobs need be no images.
    static func archive(layer: Content, config: Content) -> [ImageArchivePlan.Member] {
        [
            .init(name: path("oci-layout"), content: .literal(Array("{}".utf8))),
            .init(name: path("blobs/sha256/" + config.digest.hex), content: .blob(config.digest, config.size)),
            .init(name: path("blobs/sha256/" + layer.digest.hex), content: .blob(layer.digest, layer.size)),
        ]
    }
}
