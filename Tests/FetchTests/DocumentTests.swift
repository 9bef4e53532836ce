import Fetch
import LoopbackServer
import Testing
import Values

struct DocumentTests {
    @Test func `a document comes with status, headers and URL`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "hello", headers: [("x-a", "1"), ("X-A", "2")]) }
        let document = try makeFetcher().document(FetchRequest(url: server.base + "/d?q"), limit: 5)
        #expect(document.bytes == Array("hello".utf8))
        #expect(document.status == 200)
        #expect(document.headers.values(of: "X-a") == ["1", "2"])
        #expect(document.url == server.base + "/d?q")
        #expect(server.requests.first?.header("accept-encoding") == "identity")
        #expect(server.requests.first?.header("authorization") == nil)
    }

    @Test func `a head has header fields only, however long the body would be`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, pattern(100), headers: [("Docker-Content-Digest", "d")]) }
        var request = try FetchRequest(url: server.base)
        request.method = .head
        let document = try makeFetcher().document(request, limit: 100)
        #expect(document.headers["docker-content-digest"] == "d")
        #expect(document.bytes.isEmpty)
    }

    @Test func `a post is answered`() throws {
        let server = ScriptedServer { HTTPReply(200, $0.body) }
        var request = try FetchRequest(url: server.base)
        request.method = .post(body: Array("a=b".utf8), contentType: "application/x-www-form-urlencoded")
        #expect(try makeFetcher().document(request, limit: 100).bytes == Array("a=b".utf8))
    }

    @Test(arguments: [true, false])
    func `a body over the limit is refused, announced or not`(isAnnounced: Bool) throws {
        let server = ScriptedServer { _ in
            HTTPReply(200, pattern(101)).with { if !isAnnounced { $0.statedLength = nil } }
        }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 100)
        }
        guard case .tooLarge(let site, limit: 100)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(site.tries == 1)
    }

    @Test func `an endless body ends at the limit`() throws {
        let server = ScriptedServer { _ in .endless }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 100_000)
        }
        guard case .tooLarge? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func `an endless body of an error ends too`() throws {
        let server = ScriptedServer { _ in .endless.with { $0.status = 404 } }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 100)
        }
        guard case .refused(_, let response)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(response.status == 404)
        #expect(response.body.count == 65_536)
    }

    @Test func `a refusal brings what the server says`() throws {
        let server = ScriptedServer { _ in HTTPReply(403, "no!", headers: [("X-Why", "because")]) }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 100)
        }
        guard case .refused(_, let response)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(response.body == Array("no!".utf8))
        #expect(response.headers["x-why"] == "because")
    }

    @Test(arguments: ["gzip", "x-gzip", "br", "identity, gzip"])
    func `a packed body is refused`(encoding: String) throws {
        let server = ScriptedServer { _ in HTTPReply(200, "x", headers: [("Content-Encoding", encoding)]) }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 100)
        }
        guard case .encoded(_, encoding)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func `an encoding that is none is accepted`() throws {
        let server = ScriptedServer { _ in HTTPReply(200, "x", headers: [("Content-Encoding", "Identity")]) }
        #expect(try makeFetcher().document(FetchRequest(url: server.base), limit: 100).bytes.count == 1)
    }

    @Test(arguments: ["", "a/b", "ftp://a/b", "file:///etc/passwd", "https://", "http://a b/"])
    func `refuses what is no address`(text: String) {
        let error = #expect(throws: FetchError.self) { try FetchRequest(url: text) }
        guard case .address? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func `refuses header injection`() throws {
        let server = ScriptedServer { _ in HTTPReply() }
        let request = try FetchRequest(url: server.base, headers: ["Accept": "a\r\nX: y"])
        #expect(throws: FetchError.self) { try makeFetcher().document(request, limit: 1) }
        #expect(server.requests.isEmpty)
    }
}
