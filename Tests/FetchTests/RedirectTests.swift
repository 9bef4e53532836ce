import LibCurl
import LoopbackServer
import Testing
import Values

@testable import Fetch

struct RedirectTests {
    /// Answers with `Location: to`.
    private func redirecting(to location: String, status: Int = 302) -> ScriptedServer {
        ScriptedServer { _ in HTTPReply(status, "moved", headers: [("Location", location)]) }
    }

    private func request(_ server: ScriptedServer, _ path: String = "/") throws -> FetchRequest {
        try FetchRequest(
            url: server.base + path,
            headers: ["Accept": "a/b", "Authorization": "Bearer s3cret", "Cookie": "s3cret", "X-Token": "s3cret"])
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `nothing secret crosses to another port`(status: Int) throws {
        let target = ScriptedServer { _ in HTTPReply(200, "x") }
        let server = redirecting(to: target.base + "/t?signed", status: status)
        let document = try makeFetcher().document(request(server), limit: 1)
        #expect(document.url == target.base + "/t?signed")
        #expect(server.requests.first?.header("authorization") == "Bearer s3cret")
        let arrived = try #require(target.requests.first)
        #expect(arrived.header("accept") == "a/b")
        #expect(arrived.target == "/t?signed")
        #expect(!"\(arrived)".contains("s3cret"))
    }

    @Test func `within the origin everything goes along`() throws {
        let server = ScriptedServer {
            $0.path == "/" ? HTTPReply(307, "", headers: [("Location", "/next")]) : HTTPReply(200, "x")
        }
        _ = try makeFetcher().document(request(server), limit: 1)
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer s3cret", "Bearer s3cret"])
        #expect(server.requests.map { $0.header("x-token") } == ["s3cret", "s3cret"])
    }

    @Test func `nothing secret goes on a way back from another origin`() throws {
        let origins = Turns()
        let detour = Detour()
        let server = ScriptedServer { _ in
            origins.next() == 1 ? HTTPReply(302, "", headers: [("Location", detour.url)]) : HTTPReply(200, "x")
        }
        let other = redirecting(to: server.base + "/back")
        detour.url = other.base
        _ = try makeFetcher().document(request(server), limit: 1)
        #expect(server.requests.map(\.path) == ["/", "/back"])
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer s3cret", nil])
    }

    @Test func `credentials of a URL go to its origin only`() throws {
        let target = ScriptedServer { _ in HTTPReply(200, "x") }
        let server = redirecting(to: "http://evil:pw@127.0.0.1:\(target.port)/")
        _ = try makeFetcher().document(FetchRequest(url: "http://user:p%40ss@127.0.0.1:\(server.port)/"), limit: 1)
        #expect(server.requests.first?.header("authorization") == "Basic dXNlcjpwQHNz")
        #expect(target.requests.first?.header("authorization") == nil)
    }

    @Test func `five redirects are followed, six are not`() throws {
        let server = ScriptedServer { request in
            let n = Int(request.path.dropFirst()) ?? 0
            return n == 0 ? HTTPReply(200, "x") : HTTPReply(302, "", headers: [("Location", "/\(n - 1)")])
        }
        #expect(try makeFetcher().document(FetchRequest(url: server.base + "/5"), limit: 1).bytes.count == 1)
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base + "/6"), limit: 1)
        }
        guard case .redirect(_, .tooMany)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func `a redirect loop ends`() throws {
        let server = redirecting(to: "/")
        #expect(throws: FetchError.self) { try makeFetcher().document(FetchRequest(url: server.base), limit: 1) }
        #expect(server.requests.count == 6)
    }

    @Test func `https is never left for http`() throws {
        let hop = Hop(address: try WebAddress("https://a.b/c"), headers: HTTPHeaders(), isTrusted: true)
        let site = FetchSite(url: "https://a.b/c", host: "a.b", tries: 1)
        for location in ["http://a.b/c", "HTTP://a.b:443/c", "http://[::1]/"] {
            let head = ResponseHead(status: 302, headers: ["Location": location])
            let shown = try WebAddress(location).description
            #expect(throws: FetchError.redirect(site, .downgrade(to: shown))) {
                try Redirects.next(after: hop, head, site: site)
            }
        }
        let head = ResponseHead(status: 302, headers: ["Location": "//c.d/e"])
        let next = try Redirects.next(after: hop, head, site: site)
        #expect(next.address.text == "https://c.d/e")
        #expect(!next.isTrusted)
    }

    @Test(arguments: ["ftp://a/b", "file:///etc/passwd", "http://", "http://a:99999/"])
    func `refuses to be led to`(location: String) throws {
        let server = redirecting(to: location)
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 1)
        }
        guard case .redirect(_, .location)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func `a redirect without Location is an error`() throws {
        let server = ScriptedServer { _ in HTTPReply(302) }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base), limit: 1)
        }
        guard case .redirect(_, .location)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func `a redirect of a post is not followed`() throws {
        let server = redirecting(to: "/x", status: 307)
        var request = try request(server)
        request.method = .post(body: [1], contentType: "a/b")
        let error = #expect(throws: FetchError.self) { try makeFetcher().document(request, limit: 1) }
        #expect(error?.refusal?.status == 307)
        #expect(server.requests.count == 1)
    }

    @Test func `a redirect with an endless body is followed`() throws {
        let server = ScriptedServer { request in
            guard request.path == "/" else { return HTTPReply(200, "x") }
            return .endless.with {
                $0.status = 302
                $0.headers = [("Location", "/next")]
            }
        }
        #expect(try makeFetcher().document(FetchRequest(url: server.base), limit: 1).bytes.count == 1)
    }
}
