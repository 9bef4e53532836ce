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
}
