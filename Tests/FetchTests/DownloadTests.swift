import Fetch
import Glibc
import LibCrypto
import LoopbackServer
import Posix
import Reporting
import Store
import Testing
import Values

struct DownloadTests {
    private let bytes = pattern(20_000)
    private let scratch: ScratchStore
    private var store: Store { scratch.store }

    init() throws { scratch = try ScratchStore() }

    private func item(_ url: String, _ content: [UInt8]? = nil) throws -> DownloadItem {
        let content = content ?? bytes
        return DownloadItem(try FetchRequest(url: url), digest: .of(content), size: ByteCount(content.count))
    }

    private func stored(_ content: [UInt8]) throws -> Bool {
        try store.contains(.of(content)) && store.read(.of(content), limit: ByteCount(content.count)) == content
    }

    // MARK: As it should be

    @Test func `many items arrive, each once, in order`() throws {
        let contents = (0..<12).map { pattern(1_000 + $0, seed: UInt8($0)) }
        let server = ScriptedServer { .content(contents[Int($0.path.dropFirst()) ?? 0], to: $0) }
        let present = contents[3]
        try store.ingest(present)
        var items = try contents.indices.map { try item("\(server.base)/\($0)", contents[$0]) }
        items.append(items[5])
        let listener = Listener()
        let results = try makeFetcher(progress: listener).download(items, into: store)
        #expect(results.map(\.digest) == contents.map { .of($0) } + [.of(contents[5])])
        #expect(results.map(\.wasPresent) == (0..<13).map { $0 == 3 })
        #expect(server.requests.count == 11)
        for content in contents { #expect(try stored(content)) }
        let total = contents.map(\.count).reduce(0, +) - present.count
        #expect(listener.steps.map(\.total).allSatisfy { $0 == total })
        #expect(listener.steps.map(\.done).max() == total)
        #expect(try scratch.parts == [])
    }

    @Test func `what was fetched is not fetched again`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0) }
        let fetcher = try makeFetcher()
        let first = try fetcher.download([item(server.base)], into: store)
        let second = try fetcher.download([item(server.base)], into: store)
        #expect(first.map(\.wasPresent) == [false])
        #expect(second.map(\.wasPresent) == [true])
        #expect(server.requests.count == 1)
    }

    @Test func `nothing to do is done at once, without a word`() throws {
        let listener = Listener()
        let fetcher = try makeFetcher(progress: listener)
        #expect(try fetcher.download([], into: store).isEmpty)
        try store.ingest(bytes)
        let present = try fetcher.download([item("http://127.0.0.1:\(closedPort())/")], into: store)
        #expect(present.map(\.wasPresent) == [true])
        #expect(listener.steps == [])
    }

    @Test func `empty content is fetched and kept`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "") }
        #expect(try makeFetcher().download([item(server.base, [])], into: store).first?.size == 0)
        #expect(try store.contains(.of([])))
    }

    @Test func `an unknown digest is told`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0) }
        let results = try makeFetcher().download([DownloadItem(FetchRequest(url: server.base))], into: store)
        #expect(results.map(\.digest) == [.of(bytes)])
        #expect(results.map(\.size) == [20_000])
        #expect(results.map(\.wasPresent) == [false])
        #expect(try stored(bytes))
    }

    @Test func `a length that is not stated is found`() throws {
        let server = ScriptedServer { [bytes] _ in HTTPReply(200, bytes).with { $0.statedLength = nil } }
        #expect(try makeFetcher().download([item(server.base)], into: store).first?.size == 20_000)
    }

    @Test(arguments: [1, 2, 4])
    func `a host is asked no more often at a time than allowed`(perHost: Int) throws {
        let server = ScriptedServer {
            usleep(20_000)
            return HTTPReply(200, $0.path)
        }
        let items = try (0..<8).map { DownloadItem(try FetchRequest(url: "\(server.base)/\($0)")) }
        let fetcher = try makeFetcher { $0.parallelPerHost = perHost }
        #expect(try fetcher.download(items, into: store).count == 8)
        #expect(server.peak == perHost)
    }

    // MARK: Cut and resumed

    @Test func `a cut download goes on where it was cut`() throws {
        let server = makeServer { [bytes] n, request in
            .content(bytes, to: request).with { if n < 4 { $0.cutAfter = 5_000 } }
        }
        #expect(try makeFetcher().download([item(server.base)], into: store).first?.digest == .of(bytes))
        #expect(server.requests.map(\.rangeStart) == [nil, 5_000, 10_000, 15_000])
        #expect(server.requests.allSatisfy { $0.header("if-range") == nil })
        #expect(try stored(bytes))
    }

    @Test func `the next run goes on where the last one gave up`() throws {
        let server = makeServer { [bytes] n, request in
            .content(bytes, to: request).with { if n == 1 { $0.cutAfter = 7_000 } }
        }
        #expect(throws: FetchError.self) {
            try makeFetcher { $0.retry.tries = 1 }.download([item(server.base)], into: store)
        }
        #expect(try scratch.parts == [SHA256Digest.of(bytes).hex])
        #expect(try makeFetcher().download([item(server.base)], into: Store(root: store.root)).count == 1)
        #expect(server.requests.map(\.rangeStart) == [nil, 7_000])
        #expect(try stored(bytes))
    }

    @Test func `resuming asks the original URL, not the one it was redirected to`() throws {
        let blob = makeServer { [bytes] n, request in
            .content(bytes, to: request).with { if n == 1 { $0.cutAfter = 7_000 } }
        }
        let server = makeServer { n, _ in HTTPReply(307, "", headers: [("Location", "\(blob.base)/signed?n=\(n)")]) }
        _ = try makeFetcher().download([item(server.base + "/v2/blob")], into: store)
        #expect(server.requests.map(\.rangeStart) == [nil, 7_000])
        #expect(blob.requests.map(\.target) == ["/signed?n=1", "/signed?n=2"])
        #expect(blob.requests.map(\.rangeStart) == [nil, 7_000])
    }

    @Test func `an answer with the whole to a Range begins anew`() throws {
        let server = makeServer { [bytes] n, _ in HTTPReply(200, bytes).with { if n == 1 { $0.cutAfter = 7_000 } } }
        let listener = Listener()
        _ = try makeFetcher(progress: listener).download([item(server.base)], into: store)
        #expect(server.requests.map(\.rangeStart) == [nil, 7_000])
        #expect(try stored(bytes))
        #expect(listener.steps.last?.done == 20_000)
    }

    @Test(arguments: [
        "bytes 6999-19999/20000", "bytes 7001-19999/20000", "bytes 7000-19998/20000", "bytes 7000-19999", "nonsense",
        "",
    ])
    func `another part than was asked for is not used`(range: String) throws {
        let server = makeServer { [bytes] n, request in
            guard n == 2 else { return .content(bytes, to: request).with { if n == 1 { $0.cutAfter = 7_000 } } }
            return HTTPReply(206, Array(bytes[7_000...]), headers: range.isEmpty ? [] : [("Content-Range", range)])
        }
        _ = try makeFetcher().download([item(server.base)], into: store)
        #expect(server.requests.map(\.rangeStart) == [nil, 7_000, nil])
        #expect(try stored(bytes))
    }

    @Test func `two ranges at once are not used`() throws {
        let server = makeServer { [bytes] n, request in
            .content(bytes, to: request).with {
                if n == 1 { $0.cutAfter = 7_000 }
                if n == 2 { $0.headers += $0.headers }
            }
        }
        _ = try makeFetcher().download([item(server.base)], into: store)
        #expect(server.requests.map(\.rangeStart) == [nil, 7_000, nil])
    }

    @Test func `a part that nobody asked for is not used`() throws {
        let server = ScriptedServer { [bytes] _ in
            HTTPReply(206, bytes, headers: [("Content-Range", "bytes 0-19999/20000")])
        }
        let error = #expect(throws: FetchError.self) { try makeFetcher().download([item(server.base)], into: store) }
        #expect(error?.trouble?.0 == .answer)
        #expect(error?.trouble?.tries == 5)
    }

    @Test func `a part of a whole of another length ends it`() throws {
        let server = makeServer { [bytes] n, request in
            guard n > 1 else { return HTTPReply(200, bytes).with { $0.cutAfter = 7_000 } }
            return .content(bytes + [0], to: request)
        }
        let error = #expect(throws: FetchError.self) { try makeFetcher().download([item(server.base)], into: store) }
        guard case .otherSize(_, expected: 20_000, found: 20_001)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(try scratch.parts == [])
    }

    @Test func `a part that turns out to be all is complete at 416`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0) }
        try Files.replace(store.root.appending("partial").appending(SHA256Digest.of(bytes).hex), with: bytes)
        let items = [DownloadItem(try FetchRequest(url: server.base), digest: .of(bytes))]
        #expect(try makeFetcher().download(items, into: store).first?.size == 20_000)
        #expect(server.requests.map(\.rangeStart) == [20_000])
    }

    @Test func `a part that is all needs no request`() throws {
        try Files.replace(store.root.appending("partial").appending(SHA256Digest.of(bytes).hex), with: bytes)
        let url = "http://127.0.0.1:\(closedPort())/"
        #expect(try makeFetcher().download([item(url)], into: store).first?.size == 20_000)
    }

    @Test(arguments: [7_000, 20_000, 20_001])
    func `a part that was damaged on disk is fetched anew`(length: Int) throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0) }
        let part = [UInt8](repeating: 9, count: length)
        try Files.replace(store.root.appending("partial").appending(SHA256Digest.of(bytes).hex), with: part)
        #expect(try makeFetcher().download([item(server.base)], into: store).first?.size == 20_000)
        #expect(try stored(bytes))
        #expect(try scratch.parts == [])
    }

    @Test func `without a digest only a strong tag joins two answers`() throws {
        for (tag, ranges) in [("\"v1\"", [nil, 7_000]), ("W/\"v1\"", [nil, nil]), ("", [nil, nil])]
            as [(String, [Int?])]
        {
            let server = makeServer { [bytes] n, request in
                let headers = tag.isEmpty ? [] : [("ETag", tag)]
                return .content(bytes, to: request, headers: headers).with { if n == 1 { $0.cutAfter = 7_000 } }
            }
            let scratch = try ScratchStore()
            let items = [DownloadItem(try FetchRequest(url: server.base))]
            #expect(try makeFetcher().download(items, into: scratch.store).first?.digest == .of(bytes))
            #expect(server.requests.map(\.rangeStart) == ranges)
            #expect(server.requests.last?.header("if-range") == (ranges[1] == nil ? nil : tag))
        }
    }

    @Test func `progress begins the count of tries anew`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0).with { $0.cutAfter = 4_000 } }
        let fetcher = try makeFetcher {
            $0.retry.tries = 2
            $0.retry.progress = 4_000
        }
        #expect(try fetcher.download([item(server.base)], into: store).first?.size == 20_000)
        #expect(server.requests.count == 5)
    }

    @Test func `less than that is no progress`() throws {
        let server = ScriptedServer { [bytes] in .content(bytes, to: $0).with { $0.cutAfter = 3_999 } }
        let fetcher = try makeFetcher {
            $0.retry.tries = 2
            $0.retry.progress = 4_000
        }
        #expect(throws: FetchError.self) { try fetcher.download([item(server.base)], into: store) }
        #expect(server.requests.count == 2)
    }

    @Test func `the same bytes again and again are no progress`() throws {
        let server = ScriptedServer { [bytes] _ in HTTPReply(200, bytes).with { $0.cutAfter = 5_000 } }
        let fetcher = try makeFetcher {
            $0.retry.tries = 3
            $0.retry.progress = 4_000
        }
        let error = #expect(throws: FetchError.self) { try fetcher.download([item(server.base)], into: store) }
        #expect(error?.trouble?.0 == .cut)
        #expect(server.requests.count == 3)
    }
}
