import LibCrypto
import Posix
import Reporting
import Store
import Testing
import Values

struct KeepingTests {
    private let scratch = Scratch()

    private func makeStore() throws -> Store { try Store(root: scratch.path.appending("store")) }

    private func damage(_ digest: SHA256Digest, in store: Store) throws {
        let file = try FileDescriptor.open(store.path(of: digest), .readOnly)
        try file.setMode(.file)
        try FileDescriptor.open(store.path(of: digest), .writeOnly).write([0xFF])
    }

    @Test func `changed content is put aside, not read`() throws {
        let store = try makeStore()
        let digest = try store.ingest([1, 2, 3]).digest
        try damage(digest, in: store)
        let error = #expect(throws: StoreError.self) { try store.read(digest, limit: 3) }
        guard case .damaged(digest, let place)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(try Files.read(place, limit: 3) == [0xFF, 2, 3])
        #expect(throws: StoreError.missing(digest)) { try store.read(digest, limit: 3) }
        #expect(try store.ingest([1, 2, 3]).digest == digest)
    }

    @Test func `everything is listed in order, and strangers are not`() throws {
        let store = try makeStore()
        let all = try [1, 2, 3].map { try store.ingest([$0]) }.sorted { $0.digest.hex < $1.digest.hex }
        try Files.replace(store.path(of: all[0].digest).parent.appending("README"), with: [])
        #expect(try store.list() == all)
    }

    @Test func `verify finds what has changed and keeps the rest`() throws {
        let store = try makeStore()
        let good = try store.ingest([1, 2, 3])
        let bad = try store.ingest([4, 5, 6]).digest
        try damage(bad, in: store)
        #expect(try store.verify() == [bad])
        #expect(try store.list() == [good])
        #expect(try store.verify() == [])
    }

    @Test func `prune keeps what is named and what runs hold`() throws {
        let store = try makeStore()
        let kept = try store.ingest([1])
        let dropped = try store.ingest([2, 3])
        let file = try scratch.file("volume", [9, 9, 9])
        try store.keepVolume(file, for: kept.digest)
        try store.keepVolume(file, for: dropped.digest)
        try store.setRecord([1], kind: "lock", key: "a")
        try Files.replace(store.root.appending("partial").appending(dropped.digest.hex), with: [2])
        let held = try store.receive(digest: .of([7, 7]), size: 2)
        try held.append([7])
        let pruned = try store.prune(keeping: [kept.digest], volumes: [kept.digest])
        #expect(pruned.files == 2)
        #expect(pruned.bytes == 5)
        #expect(try store.list() == [kept])
        #expect(try store.volume(for: kept.digest) != nil)
        #expect(try store.volume(for: dropped.digest) == nil)
        #expect(try store.record(kind: "lock", key: "a") == [1])
        try held.append([7])
        #expect(try held.finish().size == 2)
    }

    @Test func `nothing is pruned while another run uses the store, and nobody begins while one prunes`() throws {
        let store = try makeStore()
        let content = try store.ingest([1])
        do {
            let other = try makeStore()
            #expect(throws: StoreError.busy(store.root)) { try store.prune(keeping: []) }
            #expect(try other.list() == [content])
            // The lock was given back.
            #expect(throws: StoreError.busy(store.root)) { try other.prune(keeping: []) }
        }
        #expect(try store.prune(keeping: []).files == 1)
        let alone = try FileDescriptor.open(store.root.appending("lock"), .readWrite)
        #expect(try !alone.tryLock())
        #expect(try alone.tryLock(shared: true))
    }

    @Test func `a store that is being pruned is busy`() throws {
        let root = try makeStore().root
        let pruning = try FileDescriptor.open(root.appending("lock"), .readWrite)
        #expect(try pruning.tryLock())
        let error = #expect(throws: StoreError.busy(root)) { try makeStore() }
        #expect(error?.diagnostic.exitCode == .busy)
    }

    @Test func `records are kept by kind and key, and replaced whole`() throws {
        let store = try makeStore()
        #expect(try store.record(kind: "index", key: "k") == nil)
        try store.setRecord([1, 2], kind: "index", key: "k")
        try store.setRecord([], kind: "token", key: "k")
        try store.setRecord([3], kind: "index", key: "../../k")
        #expect(try store.record(kind: "index", key: "k") == [1, 2])
        #expect(try store.record(kind: "token", key: "k") == [])
        #expect(try store.record(kind: "index", key: "../../k") == [3])
        try store.setRecord([4, 5, 6], kind: "index", key: "k")
        #expect(try makeStore().record(kind: "index", key: "k") == [4, 5, 6])
        #expect(try store.everything.count == 3)
    }

    @Test(arguments: [0, 1, 31, 32, 34])
    func `a record that was cut short is none`(length: Int) throws {
        let store = try makeStore()
        try store.setRecord([1, 2, 3], kind: "index", key: "k")
        let name = try #require(try store.everything.first)
        let path = store.root.appending(try MemberPath(validating: name))
        let whole = try Files.read(path, limit: 100)
        try Files.replace(path, with: Array(whole[..<length]))
        #expect(try store.record(kind: "index", key: "k") == nil)
    }

    @Test func `a large file goes in and out by its key`() throws {
        let store = try makeStore()
        let key = SHA256Digest.of([1])
        let source = try scratch.file("payload-001", pattern(5_000))
        let target = scratch.path.appending("out")
        #expect(try store.takeVolume(for: key, to: target) == nil)
        #expect(try !Files.exists(target))
        #expect(try store.keepVolume(source, for: key) != .copied)
        #expect(try store.keepVolume(source, for: key) != .copied)
        #expect(try store.takeVolume(for: key, to: target) != .copied)
        #expect(try Files.read(target, limit: 5_000) == pattern(5_000))
        #expect(try DirectoryHandle.open(scratch.path).entries() == ["out", "payload-001", "store"])
        try store.dropVolume(for: key)
        #expect(try store.volume(for: key) == nil)
        #expect(try store.everything == [])
    }

    @Test func `a large file crosses to another file system as a copy`() throws {
        let elsewhere = Scratch(in: "/dev/shm")
        let devices = try [scratch, elsewhere].map { try Files.information($0.path)?.device }
        guard devices[0] != devices[1] else {
            print("skipped: /tmp and /dev/shm are one file system")
            return
        }
        let store = try makeStore()
        let source = try elsewhere.file("payload-001", pattern(5_000))
        #expect(try store.keepVolume(source, for: .of([1])) == .copied)
        let target = elsewhere.path.appending("out")
        #expect(try store.takeVolume(for: .of([1]), to: target) == .copied)
        #expect(try Files.read(target, limit: 5_000) == pattern(5_000))
    }
}
