import Format
import LibCrypto
import Posix
import Reporting
import Store
import Testing
import Values

@testable import Assemble

@Suite struct CacheTests {
    let fixture: PackFixture

    init() throws { fixture = try PackFixture() }

    /// Packs and keeps the volumes, as a finished build does.
    private func build(
        _ items: [PayloadItem], volumeSize: ByteCount = .mebibytes(16)
    ) throws -> (packed: PackedPayload, folder: FilePath) {
        let (packed, folder) = try fixture.pack(items, volumeSize: volumeSize, caching: true)
        try fixture.cache.keep(packed, from: folder)
        return (packed, folder)
    }

    private func bytes(of packed: PackedPayload, in folder: FilePath) throws -> [[UInt8]] {
        try packed.volumes.map { try Files.read(folder.appending($0.volume.name), limit: .gibibytes(1)) }
    }

    @Test func `a rebuild of the same compresses nothing and reads no content`() throws {
        let (first, firstFolder) = try build(try fixture.items())
        #expect(first.statistics.compressed == first.chunks.count)
        let items = try fixture.items()
        try Files.removeTree(fixture.store.root.appending("blobs"))
        let (second, secondFolder) = try fixture.pack(items, caching: true)
        #expect(second.statistics == .init(linked: first.chunks.count))
        #expect(second.entries == first.entries)
        #expect(second.chunks == first.chunks)
        #expect(try bytes(of: second, in: secondFolder) == bytes(of: first, in: firstFolder))
    }

    @Test func `a small change compresses the chunk that holds it`() throws {
        _ = try build(try fixture.items())
        let changed = try fixture.items(change: " line7")
        let (cached, cachedFolder) = try fixture.pack(changed, caching: true)
        let (fresh, freshFolder) = try fixture.pack(changed)
        #expect(cached.statistics.compressed == 1)
        #expect(cached.statistics.copied == fresh.chunks.count - 1)
        #expect(cached.chunks == fresh.chunks)
        #expect(cached.entries == fresh.entries)
        #expect(try bytes(of: cached, in: cachedFolder) == bytes(of: fresh, in: freshFolder))
    }

    @Test func `a change leaves the volumes of large files alone`() throws {
        let large = try fixture.store.add([UInt8](repeating: 7, count: 64 << 20))
        let item = PayloadItem.stored(path("m"), Permissions(mode: .file), large)
        let before = try build([item, .literal(path("a"), Permissions(mode: .file), [1])], volumeSize: .gibibytes(1))
        let after = try build(
            [item, .literal(path("a"), Permissions(mode: .file), [1, 2])], volumeSize: .gibibytes(1))
        #expect(before.packed.volumes.count == 3)
        #expect(after.packed.volumes.map(\.isLinked) == [false, true, true])
        #expect(after.packed.volumes[1].content == before.packed.volumes[1].content)
    }

    @Test(arguments: [
        Manifest.Builder(tool: "sealift", version: "0", zstd: "1.5", level: 4),
        Manifest.Builder(tool: "sealift", version: "0", zstd: "1.6", level: 3),
        Manifest.Builder(tool: "sealift", version: "1", zstd: "1.5", level: 3),
    ])
    func `what another builder packed is not used`(builder: Manifest.Builder) throws {
        _ = try build(try fixture.items())
        let (packed, _) = try fixture.pack(try fixture.items(), caching: true, builder: builder)
        #expect(packed.statistics == .init(compressed: packed.chunks.count))
    }

    @Test func `a damaged chunk of the cache is found`() throws {
        let (packed, _) = try build(try fixture.items())
        let volume = try #require(packed.volumes.last).content
        let file = try #require(try fixture.store.volume(for: volume.digest))
        var bytes = try Files.read(file, limit: .gibibytes(1))
        bytes[bytes.count / 2] ^= 1
        try Files.replace(file, with: bytes)
        #expect(throws: AssembleError.cacheDamaged(volume.digest)) {
            try fixture.pack(try fixture.items(change: "!"), caching: true)
        }
        try fixture.store.dropVolume(for: volume.digest)
        let (again, _) = try fixture.pack(try fixture.items(), caching: true)
        #expect(again.statistics.compressed > 0)
        #expect(again.chunks == packed.chunks)
    }

    @Test func `a volume without its record is dropped`() throws {
        let (packed, _) = try build(try fixture.items())
        try Files.removeTree(fixture.store.root.appending("records").appending("volume"))
        let (again, _) = try fixture.pack(try fixture.items(), caching: true)
        #expect(again.statistics == .init(compressed: packed.chunks.count))
        #expect(try fixture.store.volumeKeys() == [])
    }

    @Test func `the volumes not used for longest go when the limit is passed`() throws {
        let cache = VolumeCache(fixture.store, limit: .mebibytes(2))
        let first = try fixture.pack([.literal(path("a"), Permissions(mode: .file), noise(1_500_000, seed: 1))])
        try cache.keep(first.packed, from: first.folder)
        let second = try fixture.pack([.literal(path("b"), Permissions(mode: .file), noise(1_500_000, seed: 2))])
        try cache.keep(second.packed, from: second.folder)
        let left = try cache.load()
        #expect(left.volume(of: first.packed.volumes[0].cached.parts.map(\.recipe)) == nil)
        #expect(left.volume(of: second.packed.volumes[0].cached.parts.map(\.recipe)) != nil)
    }

    @Test func `a build onto another file system fills the cache along the way`() throws {
        let far = FilePath("/dev/shm/sealift-assemble-\(try System.randomName())")
        try Files.makeDirectories(far)
        defer { clearing { try Files.removeTree(far) } }
        guard try !fixture.store.isNear(far) else { return print("skipped: /tmp and /dev/shm are one file system") }
        let items = try fixture.items()
        func pack() throws -> PackedPayload {
            let packer = Packer(
                store: fixture.store, cache: fixture.cache,
                options: .init(builder: PackFixture.builder, volumeSize: .mebibytes(16), jobs: 2))
            return try packer.pack(Payload(items), into: try DirectoryHandle.open(far), progress: SilentProgress())
        }
        let first = try pack()
        try fixture.cache.keep(first, from: far)
        for volume in first.volumes { try Files.remove(far.appending(volume.volume.name)) }
        let second = try pack()
        #expect(second.statistics == .init(copied: first.chunks.count))
        #expect(second.volumes.map(\.content) == first.volumes.map(\.content))
        #expect(try fixture.store.volumeKeys().count == first.volumes.count)
    }

    @Test func `a second copy goes when the build fails`() throws {
        let far = FilePath("/dev/shm/sealift-assemble-\(try System.randomName())")
        try Files.makeDirectories(far)
        defer { clearing { try Files.removeTree(far) } }
        let items = try fixture.items()
        try fixture.store.damage(.of(noise(1_100_000, seed: 2)), to: [1])
        let packer = Packer(store: fixture.store, cache: fixture.cache, options: .init(builder: PackFixture.builder))
        #expect(throws: AssembleError.self) {
            try packer.pack(Payload(items), into: try DirectoryHandle.open(far), progress: SilentProgress())
        }
        #expect(try DirectoryHandle.open(fixture.store.root.appending("volumes")).entries() == [])
    }

    @Test func `an index reads as it was written, and no other way`() throws {
        let (packed, _) = try fixture.pack(try fixture.items())
        let volume = try #require(packed.volumes.last).cached
        let text = volume.text
        #expect(CachedVolume(text: text) == volume)
        for end in stride(from: 0, to: text.count - 1, by: 37) {
            #expect(CachedVolume(text: Array(text[..<end])) == nil)
        }
        #expect(CachedVolume(text: Array("sealift volume 2".utf8) + text.dropFirst(16)) == nil)
    }
}
