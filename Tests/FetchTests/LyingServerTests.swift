import Fetch
import Glibc
import LibCrypto
import LoopbackServer
import Posix
import Reporting
import Store
import Testing
import Values

/// Servers that send something else than was promised. Nothing of it may stay.
struct LyingServerTests {
    private let bytes = pattern(20_000)
    private let scratch: ScratchStore
    private var store: Store { scratch.store }

    init() throws { scratch = try ScratchStore() }

    private func download(_ server: ScriptedServer, _ change: (inout DownloadItem) -> Void = { _ in }) throws
        -> FetchError?
    {
        var item = DownloadItem(try FetchRequest(url: server.base), digest: .of(bytes), size: 20_000)
        change(&item)
        return #expect(throws: FetchError.self) { try makeFetcher().download([item], into: store) }
    }

    private func expectNothing() throws {
        #expect(try scratch.parts == [])
        #expect(try store.list() == [])
    }

    @Test(arguments: [19_999, 20_001, 0, 1 << 40])
    func `another Content-Length than was promised`(length: Int) throws {
        let server = ScriptedServer { [bytes] _ in HTTPReply(200, bytes).with { $0.statedLength = length } }
        let error = try download(server)
        guard case .otherSize(_, expected: 20_000, let found)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(found == ByteCount(length))
        #expect(server.requests.count == 1)
        try expectNothing()
    }

    @Test func `an endless body without a stated length`() throws {
        let error = try download(ScriptedServer { _ in .endless })
        guard case .tooLarge(_, limit: 20_000)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        try expectNothing()
    }

    @Test func `an endless body where no size is known`() throws {
        let error = try download(ScriptedServer { _ in .endless }) {
            $0.digest = nil
            $0.size = nil
            $0.limit = 50_000
        }
        guard case .tooLarge(_, limit: 50_000)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        try expectNothing()
    }

    @Test func `wrong bytes of the right length`() throws {
        var wrong = bytes
        wrong[10_000] ^= 1
        let server = ScriptedServer { [wrong] in .content(wrong, to: $0) }
        let error = try download(server)
        guard case .otherContent(_, let expected, let found)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(expected == .of(bytes))
        #expect(found == .of(wrong))
        #expect(error?.diagnostic.exitCode == .gathering)
        #expect(server.requests.count == 1)
        try expectNothing()
    }

    @Test func `wrong bytes after a cut, twice`() throws {
        var wrong = bytes
        wrong[10_000] ^= 1
        let server = makeServer { [wrong] n, request in
            .content(wrong, to: request).with { if n == 1 { $0.cutAfter = 5_000 } }
        }
        let error = try download(server)
        guard case .otherContent? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(server.requests.map(\.rangeStart) == [nil, 5_000, nil])
        try expectNothing()
    }

    @Test func `a packed body`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0, headers: [("Content-Encoding", "gzip")]) }
        let error = try download(server)
        guard case .encoded(_, "gzip")? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        try expectNothing()
    }

    @Test(arguments: [201, 202, 204, 205])
    func `a success that is no content`(status: Int) throws {
        let server = ScriptedServer { [bytes] _ in HTTPReply(status, status == 204 ? [] : bytes) }
        #expect(try download(server)?.refusal?.status == status)
        try expectNothing()
    }

    @Test func `a body that ends early without a stated length`() throws {
        let server = ScriptedServer { [bytes] _ in
            HTTPReply(200, Array(bytes[..<100])).with { $0.statedLength = nil }
        }
        #expect(try download(server)?.trouble?.0 == .cut)
    }

    @Test func `the first error stops the others, and what is complete stays`() throws {
        let contents = (0..<4).map { pattern(1_000, seed: UInt8($0)) }
        let done = Turns()
        let server = ScriptedServer { request in
            switch request.path {
            case "/stalls": return HTTPReply(200, contents[1]).with { $0.stallAfter = 500 }
            case "/fails":
                while done.peek("") < 2 { usleep(1_000) }
                usleep(50_000)
                return HTTPReply(404)
            default:
                defer { _ = done.next() }
                return .content(contents[Int(request.path.dropFirst()) ?? 0], to: request)
            }
        }
        let items = try ["0", "stalls", "2", "fails"].enumerated().map { index, path in
            DownloadItem(try FetchRequest(url: "\(server.base)/\(path)"), digest: .of(contents[index]), size: 1_000)
        }
        let fetcher = try makeFetcher()
        let error = #expect(throws: FetchError.self) { try fetcher.download(items, into: store) }
        #expect(error?.refusal?.status == 404)
        #expect(Set(try store.list().map(\.digest)) == [.of(contents[0]), .of(contents[2])])
        #expect(try scratch.parts == [SHA256Digest.of(contents[1]).hex])
    }

    @Test func `a store that cannot take it says so in its own words`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0) }
        struct FullStore: ContentStore {
            func contains(_ digest: SHA256Digest, size: ByteCount?) -> Bool { false }
            func receive(digest: SHA256Digest?, size: ByteCount?) throws -> any ContentSink {
                throw FileError("write to", "/cache", .noSpace)
            }
        }
        let item = DownloadItem(try FetchRequest(url: server.base), digest: .of(bytes), size: 20_000)
        let error = #expect(throws: FetchError.self) { try makeFetcher().download([item], into: FullStore()) }
        #expect(error?.diagnostic.exitCode == .inputOutput)
        #expect(error?.diagnostic.message == "cannot write to \"/cache\": no space left on device")
        #expect(server.requests.isEmpty)
    }
}
