import LibCurl
import LoopbackServer
import Testing
import Values

struct TransferTests {
    @Test func `a response arrives with status, all header fields and body`() throws {
        let server = ScriptedServer { _ in
            HTTPReply(200, "hello", headers: [("x-Twice", "one"), ("X-TWICE", " two "), ("Empty", "")])
        }
        let collector = Collector()
        let failure = try run(TransferRequest(WebAddress(server.base + "/a?b=c")), into: collector)
        #expect(failure == nil)
        #expect(collector.body == Array("hello".utf8))
        #expect(collector.head?.status == 200)
        #expect(collector.head?.headers.values(of: "X-twice") == ["one", "two"])
        #expect(collector.head?.headers["empty"] == "")
        #expect(collector.head?.headers["absent"] == nil)
        #expect(server.requests.map(\.target) == ["/a?b=c"])
    }

    @Test func `headers go out as written and nothing unasked goes along`() throws {
        let server = ScriptedServer { _ in HTTPReply() }
        var request = try TransferRequest(WebAddress("http://u:p@127.0.0.1:\(server.port)/"))
        request.headers = ["Accept": "a/b", "accept": "c/d", "X-Empty": ""]
        #expect(try run(request, into: Collector()) == nil)
        let sent = try #require(server.requests.first)
        #expect(sent.fields.map(\.name) == ["host", "user-agent", "accept", "accept", "x-empty"])
        #expect(sent.fields.filter { $0.name == "accept" }.map(\.value) == ["a/b", "c/d"])
    }

    @Test func `a post carries its body and media type`() throws {
        let server = ScriptedServer { _ in HTTPReply() }
        var request = try TransferRequest(WebAddress(server.base))
        request.method = .post(body: Array("k=v".utf8), contentType: "application/x-www-form-urlencoded")
        #expect(try run(request, into: Collector()) == nil)
        let sent = try #require(server.requests.first)
        #expect(sent.method == "POST")
        #expect(sent.body == Array("k=v".utf8))
        #expect(sent.header("content-type") == "application/x-www-form-urlencoded")
        #expect(sent.header("expect") == nil)
    }

    @Test func `an empty post is a post`() throws {
        let server = ScriptedServer { _ in HTTPReply() }
        var request = try TransferRequest(WebAddress(server.base))
        request.method = .post(body: [], contentType: "a/b")
        #expect(try run(request, into: Collector()) == nil)
        #expect(server.requests.map(\.method) == ["POST"])
        #expect(server.requests.first?.header("content-length") == "0")
    }

    @Test func `a head has no body though a length is stated`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "12345") }
        var request = try TransferRequest(WebAddress(server.base))
        request.method = .head
        let collector = Collector()
        #expect(try run(request, into: collector) == nil)
        #expect(collector.head?.headers["content-length"] == "5")
        #expect(collector.body.isEmpty)
    }

    @Test func `redirects are handed out, not followed`() throws {
        let server = ScriptedServer { _ in HTTPReply(302, "", headers: [("Location", "/elsewhere")]) }
        let collector = Collector()
        #expect(try run(TransferRequest(WebAddress(server.base)), into: collector) == nil)
        #expect(collector.head?.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test func `an encoded body stays as it was sent`() throws {
        let stored: [UInt8] = [0x1F, 0x8B, 8, 0, 0]
        let server = ScriptedServer { _ in HTTPReply(200, stored, headers: [("Content-Encoding", "gzip")]) }
        let collector = Collector()
        #expect(try run(TransferRequest(WebAddress(server.base)), into: collector) == nil)
        #expect(collector.body == stored)
    }

    @Test func `a body cut short is a failure`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "1234567890").with { $0.cutAfter = 4 } }
        let collector = Collector()
        #expect(try run(TransferRequest(WebAddress(server.base)), into: collector)?.kind == .cut)
        #expect(collector.body == Array("1234".utf8))
    }

    @Test func `what comes after the stated length is not delivered`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "1234567890").with { $0.statedLength = 4 } }
        let collector = Collector()
        #expect(try run(TransferRequest(WebAddress(server.base)), into: collector) == nil)
        #expect(collector.body == Array("1234".utf8))
    }

    @Test func `the receiver can stop at the head and in the body`() throws {
        let server = ScriptedServer { _ in .endless }
        let first = Collector()
        first.stopsAtHead = true
        #expect(try run(TransferRequest(WebAddress(server.base)), into: first)?.kind == .stopped)
        #expect(first.body.isEmpty)
        let second = Collector()
        second.bodyLimit = 10_000
        let end = try run(TransferRequest(WebAddress(server.base)), into: second)
        #expect(end?.kind == .stopped)
    }

    @Test func `an endless head is stopped`() throws {
        let line = (name: "X", value: String(repeating: "x", count: 30_000))
        let server = ScriptedServer { _ in HTTPReply(200, "", headers: Array(repeating: line, count: 12)) }
        let collector = Collector()
        #expect(try run(TransferRequest(WebAddress(server.base)), into: collector)?.kind == .stopped)
        #expect(collector.head == nil)
    }

    @Test func `a silent server is given up`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "1234567890").with { $0.stallAfter = 4 } }
        var request = try TransferRequest(WebAddress(server.base))
        request.timeouts.lowSpeedSeconds = 1
        #expect(try run(request, into: Collector())?.kind == .timeout)
    }

    @Test func `a closed port is a connection failure`() throws {
        let request = try TransferRequest(WebAddress("http://127.0.0.1:\(closedPort())/"))
        #expect(try run(request, into: Collector())?.kind == .connection)
    }

    @Test(arguments: ["a\r\nB: c", "a\u{0}b", "a\nb", "a\u{7F}b"])
    func `refuses header injection`(value: String) throws {
        var request = try TransferRequest(WebAddress("http://127.0.0.1/"))
        request.headers.add("Authorization", value)
        let loop = try TransferLoop()
        #expect(throws: TransferFailure(.request, "a header field holds a control byte")) {
            try loop.start(request, receiver: Collector())
        }
    }

    @Test func `a request goes through the proxy it names`() throws {
        let proxy = ScriptedServer { _ in HTTPReply(200, "by proxy") }
        var request = try TransferRequest(WebAddress("http://upstream.invalid/x"))
        request.proxy = .init(url: proxy.base, exceptions: "other.invalid")
        let collector = Collector()
        #expect(try run(request, into: collector) == nil)
        #expect(collector.body == Array("by proxy".utf8))
        #expect(proxy.requests.map(\.target) == ["http://upstream.invalid/x"])
    }

    @Test func `many transfers run at once on one thread`() throws {
        let server = ScriptedServer { HTTPReply(200, $0.target) }
        let loop = try TransferLoop()
        var waiting: [TransferLoop.TransferID: Collector] = [:]
        for number in 0..<20 {
            let collector = Collector()
            let id = try loop.start(TransferRequest(WebAddress("\(server.base)/\(number)")), receiver: collector)
            waiting[id] = collector
        }
        var bodies: Set<String> = []
        while !waiting.isEmpty {
            for completion in try loop.turn(waitingUpTo: 1_000) {
                #expect(completion.failure == nil)
                let ended = waiting.removeValue(forKey: completion.id)
                let collector = try #require(ended)
                bodies.insert(String(decoding: collector.body, as: UTF8.self))
            }
        }
        #expect(bodies == Set((0..<20).map { "/\($0)" }))
        #expect(loop.count == 0)
    }

    @Test func `a cancelled transfer is not heard of again`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "1234567890").with { $0.stallAfter = 4 } }
        let loop = try TransferLoop()
        let id = try loop.start(TransferRequest(WebAddress(server.base)), receiver: Collector())
        _ = try loop.turn(waitingUpTo: 10)
        loop.cancel(id)
        loop.cancel(id)
        #expect(try loop.turn(waitingUpTo: 10).isEmpty)
        #expect(loop.count == 0)
    }

    @Test func `a waker ends the wait, also after the loop is gone`() throws {
        var loop: TransferLoop? = try TransferLoop()
        let waker = try #require(loop?.waker)
        waker.wake()
        #expect(try loop?.turn(waitingUpTo: 60_000).isEmpty == true)
        loop = nil
        waker.wake()
    }
}
