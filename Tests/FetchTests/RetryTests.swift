import LoopbackServer
import Reporting
import Testing
import Values

@testable import Fetch

struct RetryTests {
    @Test(arguments: [408, 429, 500, 502, 503, 504, 522])
    func `is tried again after`(status: Int) throws {
        let server = makeServer { n, _ in n == 1 ? HTTPReply(status) : HTTPReply(200, "x") }
        #expect(try makeFetcher().document(FetchRequest(url: server.base), limit: 1).bytes.count == 1)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [400, 401, 403, 404, 405, 410, 416, 451, 501, 505, 304])
    func `is not tried again after`(status: Int) throws {
        let server = ScriptedServer { _ in HTTPReply(status) }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 1)
        }
        #expect(error?.refusal?.status == status)
        #expect(error?.refusal?.tries == 1)
    }

    @Test func `pauses double and end`() throws {
        let server = ScriptedServer { _ in HTTPReply(503) }
        let clock = FakeClock()
        let error = #expect(throws: FetchError.self) {
            try makeFetcher(clock).document(FetchRequest(url: server.base), limit: 1)
        }
        #expect(error?.refusal?.tries == 5)
        #expect(server.requests.count == 5)
        #expect(clock.milliseconds == 1_000 + 2_000 + 4_000 + 8_000)
    }

    @Test(arguments: [
        ("7", 7_000), ("0", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ("99999999999999999999999", 120_000), ("Fri, 31 Dec 9999 23:59:59 GMT", 120_000), ("soon", 1_000),
        ("-5", 1_000),
    ])
    func `Retry-After is obeyed within limits`(value: String, pause: Int) throws {
        let server = makeServer { n, _ in
            n == 1 ? HTTPReply(429, "", headers: [("Retry-After", value)]) : HTTPReply(200, "x")
        }
        let clock = FakeClock()
        _ = try makeFetcher(clock).document(FetchRequest(url: server.base), limit: 1)
        #expect(clock.milliseconds == pause)
    }

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sun, 06 Nov 1994 08:49:60 GMT", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil),
            ("Sun, 31 Feb 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil), ("", nil),
        ] as [(String, Int?)])
    func `reads dates of HTTP`(text: String, seconds: Int?) {
        #expect(RetryAfter.date(text)?.seconds == seconds)
    }

    @Test func `a cut document is fetched from its beginning`() throws {
        let server = makeServer { n, _ in HTTPReply(200, "hello").with { if n == 1 { $0.cutAfter = 3 } } }
        let document = try makeFetcher().document(FetchRequest(url: server.base), limit: 5)
        #expect(document.bytes == Array("hello".utf8))
        #expect(server.requests.map { $0.header("range") } == [nil, nil])
    }

    @Test func `a server that hangs up without a word is tried again`() throws {
        let server = makeServer { n, _ in n == 1 ? .hangUp : HTTPReply(200, "x") }
        #expect(try makeFetcher().document(FetchRequest(url: server.base), limit: 1).bytes.count == 1)
    }

    @Test func `a closed port is tried again, then told`() throws {
        let url = "http://127.0.0.1:\(closedPort())/x"
        let clock = FakeClock()
        let error = #expect(throws: FetchError.self) {
            try makeFetcher(clock).document(FetchRequest(url: url), limit: 1)
        }
        #expect(error?.trouble?.0 == .connect)
        #expect(error?.trouble?.tries == 5)
        #expect(clock.milliseconds == 15_000)
    }

    @Test func `a silent server is given up`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "12345").with { $0.stallAfter = 2 } }
        let fetcher = try makeFetcher {
            $0.stallSeconds = 1
            $0.retry.tries = 1
        }
        let error = #expect(throws: FetchError.self) { try fetcher.document(FetchRequest(url: server.base), limit: 5) }
        #expect(error?.trouble?.0 == .timeout)
    }

    @Test func `each pause is told`() throws {
        let server = makeServer { n, _ in n < 3 ? HTTPReply(503) : HTTPReply() }
        let listener = Listener()
        _ = try makeFetcher(progress: listener).document(FetchRequest(url: server.base + "/a?sig=secret"), limit: 1)
        #expect(listener.words.map(\.severity) == [.note, .note])
        #expect(
            listener.words.map(\.next) == [
                "nothing to do: the next try is in 1 s", "nothing to do: the next try is in 2 s",
            ])
        #expect(!"\(listener.words)".contains("secret"))
    }

    @Test(
        arguments: [
            ("bytes 5-9/10", ContentRange.bytes(first: 5, last: 9, total: 10)),
            ("Bytes 0-0/*", .bytes(first: 0, last: 0, total: nil)),
            ("bytes */10", .unsatisfied(total: 10)), ("bytes 5-9", nil), ("bytes 9-5/10", nil), ("bytes 5-10/10", nil),
            ("bytes */*", nil),
            ("bytes 5-/10", nil), ("items 5-9/10", nil), ("bytes +5-9/10", nil), ("bytes 5-9/10, bytes 0-1/10", nil),
            ("", nil),
            ("bytes  5-9/10", nil), ("bytes 5-99999999999999999999/10", nil),
        ] as [(String, ContentRange?)])
    func `reads which part came`(text: String, range: ContentRange?) {
        #expect(ContentRange(text) == range)
    }
}
