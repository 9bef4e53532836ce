import LibCrypto
import Posix
import Store
import Testing
import Values

struct ReceivingTests {
    private let scratch = Scratch()
    private let bytes = pattern(10_000)
    private var digest: SHA256Digest { .of(bytes) }
    private var size: ByteCount { ByteCount(bytes.count) }

    private func makeStore() throws -> Store { try Store(root: scratch.path.appending("store")) }

    @Test func `content is read-only, under its digest, and there once`() throws {
        let store = try makeStore()
        let content = try store.ingest(bytes)
        #expect(content == StoredContent(digest: digest, size: size))
        #expect(try store.ingest(bytes) == content)
        #expect(try store.everything == ["blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"])
        #expect(try Files.information(store.path(of: digest))?.mode == 0o444)
        #expect(try store.read(digest, limit: size) == bytes)
        #expect(try store.contains(digest))
        #expect(try store.contains(digest, size: size))
        #expect(try !store.contains(digest, size: 9_999))
        #expect(try store.size(of: .of([])) == nil)
    }

    @Test func `content arrives piece by piece`() throws {
        let store = try makeStore()
        let sink = try store.receive(digest: digest, size: size)
        #expect(sink.received == 0)
        try sink.append(Array(bytes[..<4_000]))
        try sink.append(Array(bytes[4_000...]))
        #expect(try !store.contains(digest))
        #expect(try sink.finish() == StoredContent(digest: digest, size: size))
        #expect(try store.read(digest, limit: size) == bytes)
    }

    @Test func `empty content is content`() throws {
        let store = try makeStore()
        #expect(try store.receive(digest: .of([]), size: 0).finish().size == 0)
        #expect(try store.read(.of([]), limit: 0).isEmpty)
    }

    @Test func `an interrupted run is gone on with`() throws {
        do {
            let sink = try makeStore().receive(digest: digest, size: size)
            try sink.append(Array(bytes[..<6_000]))
        }
        let store = try makeStore()
        #expect(try store.everything == ["partial/\(digest.hex)"])
        let sink = try store.receive(digest: digest, size: size)
        #expect(sink.received == 6_000)
        try sink.append(Array(bytes[6_000...]))
        #expect(try sink.finish().digest == digest)
    }

    @Test func `a part that was damaged on disk does not get in, and can begin anew`() throws {
        let store = try makeStore()
        var damaged = Array(bytes[..<6_000])
        damaged[3] ^= 1
        try Files.replace(store.root.appending("partial").appending(digest.hex), with: damaged)
        let sink = try store.receive(digest: digest, size: size)
        #expect(sink.received == 6_000)
        try sink.append(Array(bytes[6_000...]))
        let found = SHA256Digest.of(damaged + bytes[6_000...])
        #expect(throws: ContentMismatch.digest(expected: digest, found: found)) { try sink.finish() }
        #expect(try !store.contains(digest))
        try sink.restart()
        #expect(sink.received == 0)
        try sink.append(bytes)
        #expect(try sink.finish().digest == digest)
    }

    @Test func `a part that is too long begins anew`() throws {
        let store = try makeStore()
        try Files.replace(store.root.appending("partial").appending(digest.hex), with: bytes + [0])
        #expect(try store.receive(digest: digest, size: size).received == 0)
    }

    @Test func `content of another length does not get in`() throws {
        let store = try makeStore()
        do {
            let sink = try store.receive(digest: digest, size: size)
            try sink.append([1, 2, 3])
            #expect(throws: ContentMismatch.size(expected: size, found: 3)) { try sink.finish() }
            sink.discard()
        }
        #expect(try store.everything == [])
    }

    @Test func `two takers of one digest do not meet`() throws {
        let store = try makeStore()
        let other = try makeStore()
        let first = try store.receive(digest: digest, size: size)
        let second = try other.receive(digest: digest, size: size)
        try first.append(Array(bytes[..<100]))
        try second.append(bytes)
        #expect(second.received == size)
        #expect(try second.finish().digest == digest)
        try first.append(Array(bytes[100...]))
        #expect(try first.finish().digest == digest)
        #expect(try store.everything.count == 1)
        #expect(try store.read(digest, limit: size) == bytes)
    }

    @Test func `an unfinished second taker leaves nothing`() throws {
        let store = try makeStore()
        let first = try store.receive(digest: digest, size: nil)
        do { try store.receive(digest: digest, size: nil).append([1]) }
        do { try store.receive(digest: nil, size: nil).append([1]) }
        #expect(try store.everything == ["partial/\(digest.hex)"])
        first.discard()
        #expect(try store.everything == [])
    }

    @Test func `a taker that got nothing leaves nothing`() throws {
        let store = try makeStore()
        do { _ = try store.receive(digest: digest, size: size) }
        #expect(try store.everything == [])
    }

    @Test func `content without a known digest gets the one it has`() throws {
        let store = try makeStore()
        let sink = try store.receive(digest: nil, size: nil)
        try sink.append(bytes)
        #expect(try sink.finish() == StoredContent(digest: digest, size: size))
        #expect(try store.contains(digest, size: size))
    }

    @Test func `what a killed run left is removed unless its run lives or it can be gone on with`() throws {
        let store = try makeStore()
        let partial = store.root.appending("partial")
        for name in ["new.0123456789abcdef", "\(digest.hex).0123456789abcdef", digest.hex] {
            try Files.replace(partial.appending(name), with: [1, 2, 3])
        }
        let living = try store.receive(digest: nil, size: nil)
        try living.append([1])
        let left = try makeStore().everything
        #expect(left.count == 2)
        #expect(left.contains("partial/\(digest.hex)"))
        #expect(!left.contains { $0.hasSuffix("0123456789abcdef") })
        #expect(try living.finish().size == 1)
    }

    @Test func `a part is removed when another run has brought the whole`() throws {
        let store = try makeStore()
        try Files.replace(store.root.appending("partial").appending(digest.hex), with: [1, 2, 3])
        try store.ingest(bytes)
        #expect(try store.everything.count == 2)
        #expect(try makeStore().everything == ["blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"])
    }

    @Test func `a local file is taken in as it is`() throws {
        let store = try makeStore()
        let file = try scratch.file("local", bytes)
        #expect(try store.ingest(fileAt: file) == StoredContent(digest: digest, size: size))
        #expect(try store.ingest(fileAt: file, digest: digest).digest == digest)
        // A copy: later changes of the file do not reach the store.
        try FileDescriptor.open(file, .writeOnly).write([0, 0, 0])
        #expect(try store.read(digest, limit: size) == bytes)
    }

    @Test func `a local file that is not what was promised is not taken in`() throws {
        let store = try makeStore()
        let file = try scratch.file("local", bytes)
        let expected = SHA256Digest.of([1])
        let mismatch = ContentMismatch.digest(expected: expected, found: digest)
        #expect(throws: StoreError.mismatch(file, mismatch)) { try store.ingest(fileAt: file, digest: expected) }
        #expect(throws: StoreError.self) { try store.ingest(fileAt: scratch.path) }
        #expect(throws: StoreError.self) { try store.ingest(fileAt: scratch.path.appending("absent")) }
        #expect(try store.everything == [])
    }
}
