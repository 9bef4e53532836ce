import LibCrypto
import LoopbackServer
import Reporting
import Testing
import Values

@testable import Fetch

struct MessageTests {
    @Test func `a refusal names URL, host, status, tries and what to do, and no secret`() throws {
        let server = ScriptedServer { _ in
            HTTPReply(503, "busy\nnow", headers: [("Content-Type", "text/plain; charset=utf-8")])
        }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(
                FetchRequest(url: "http://user:s3cret@127.0.0.1:\(server.port)/v2/x?token=s3cret#s3cret"), limit: 1)
        }
        let said = try #require(error?.diagnostic)
        #expect(said.message == "cannot fetch \"\(server.base)/v2/x?…\": the server answered 503 (service unavailable)")
        #expect(
            said.details == [
                .init("server says", "\"busynow\""), .init("host", "127.0.0.1:\(server.port)"), .init("tries", "5"),
            ])
        #expect(said.next == "run again later: what has arrived is kept and not fetched again")
        #expect(said.exitCode == .gathering)
        #expect(!"\(said)".contains("s3cret"))
    }

    @Test func `a redirect's signed URL is not printed`() throws {
        let target = ScriptedServer { _ in HTTPReply(403) }
        let server = ScriptedServer { _ in HTTPReply(302, "", headers: [("Location", target.base + "/b?sig=s3cret")]) }
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base + "/a"), limit: 1)
        }
        let said = try #require(error?.diagnostic)
        #expect(said.message == "cannot fetch \"\(server.base)/a\": the server answered 403 (forbidden)")
        #expect(said.details.first == .init("host", "127.0.0.1:\(target.port)"))
        #expect(!"\(said)".contains("s3cret"))
    }

    @Test(arguments: [
        ("user:s3cret@host/x", "…@host/x"), ("https://user:s3cret@", "…@"), ("ftp://u:s3cret@h/x?s3cret", "…@h/x?…"),
    ])
    func `an address that is refused is shown without secrets`(text: String, shown: String) throws {
        let error = #expect(throws: FetchError.self) { try FetchRequest(url: text) }
        let said = try #require(error?.diagnostic)
        #expect(said.message.hasPrefix("cannot use the address \"\(shown)\": "))
        #expect(said.exitCode == .usage)
        #expect(!"\(said)".contains("s3cret"))
    }

    @Test func `other content names both digests`() throws {
        let site = FetchSite(url: "https://a.b/", host: "a.b", tries: 1)
        let said = FetchError.otherContent(site, expected: .of([1]), found: .of([2])).diagnostic
        #expect(said.details.prefix(2).map(\.label) == ["expected", "found"])
        #expect(said.details.prefix(2).map(\.text) == ["\(SHA256Digest.of([1]))", "\(SHA256Digest.of([2]))"])
    }
}
