import LibCurl
import LoopbackServer
import Posix
import Testing
import Values

@testable import Fetch

/// Mirrors and proxies: who is really asked, and what goes there.
struct RoutingTests {
    private final class Witness: Authorizer {
        private let seen = Monitor<[AuthorizationTarget]>([])
        var targets: [AuthorizationTarget] { seen.withLock { $0 } }
        func authorization(for target: AuthorizationTarget) -> String? {
            seen.withLock { $0.append(target) }
            return target.isMirror ? nil : "Bearer s3cret"
        }
        func authorization(for target: AuthorizationTarget, answering challenges: [String]) -> String? { nil }
    }

    @Test func `a mirror is asked in place of the origin, without its secrets`() throws {
        let mirror = ScriptedServer { _ in HTTPReply(200, "x") }
        let request = try FetchRequest(
            url: "https://user:s3cret@upstream.invalid/a/b?c=d",
            headers: ["Accept": "a/b", "Authorization": "Bearer s3cret", "X-Token": "s3cret"])
        let fetcher = try makeFetcher {
            $0.mirrors = [try Mirror(from: "https://upstream.invalid/", to: mirror.base + "/m/")]
        }
        let document = try fetcher.document(request, limit: 1)
        #expect(document.url == mirror.base + "/m/a/b?c=d")
        let arrived = try #require(mirror.requests.first)
        #expect(arrived.target == "/m/a/b?c=d")
        #expect(arrived.header("accept") == "a/b")
        #expect(!"\(arrived)".contains("s3cret"))
        #expect(arrived.header("authorization") == nil)
    }

    @Test func `the authorizer is told who is really asked`() throws {
        let mirror = ScriptedServer { _ in HTTPReply(200, "x") }
        let witness = Witness()
        let fetcher = try makeFetcher { $0.mirrors = [try Mirror(from: "https://upstream.invalid", to: mirror.base)] }
        _ = try fetcher.document(FetchRequest(url: "https://upstream.invalid/a", authorizer: witness), limit: 1)
        #expect(witness.targets.map(\.isMirror) == [true])
        #expect(witness.targets.map(\.origin.port) == [mirror.port])
        #expect(witness.targets.map(\.url) == [mirror.base + "/a"])
    }

    @Test func `a mirror's own credentials are sent to it`() throws {
        let mirror = ScriptedServer { _ in HTTPReply(200, "x") }
        let fetcher = try makeFetcher {
            $0.mirrors = [try Mirror(from: "https://a.invalid/", to: "http://me:pw@127.0.0.1:\(mirror.port)/")]
        }
        _ = try fetcher.document(FetchRequest(url: "https://u:s3cret@a.invalid/"), limit: 1)
        #expect(mirror.requests.first?.header("authorization") == "Basic bWU6cHc=")
    }

    @Test func `the longest prefix decides, and prefixes end where parts end`() throws {
        let mirror = ScriptedServer { HTTPReply(200, $0.target) }
        let fetcher = try makeFetcher {
            $0.mirrors = [
                try Mirror(from: "https://a.invalid/", to: mirror.base + "/short"),
                try Mirror(from: "https://a.invalid/x", to: mirror.base + "/long"),
                try Mirror(from: "https://a.invalid/x/y/", to: mirror.base + "/longest/"),
            ]
        }
        for (url, target) in [
            ("https://a.invalid", "/short"), ("https://A.invalid:443/z", "/short/z"), ("https://a.invalid/x", "/long"),
            ("https://a.invalid/x?q", "/long?q"), ("https://a.invalid/x/1", "/long/1"),
            ("https://a.invalid/xy", "/short/xy"),
            ("https://a.invalid/x/y/1", "/longest/1"), ("https://a.invalid/x/y/../z", "/long/z"),
        ] {
            let document = try fetcher.document(FetchRequest(url: url), limit: 100)
            #expect(String(decoding: document.bytes, as: UTF8.self) == target, "\(url)")
        }
    }

    @Test(arguments: ["https://a.invalid.evil.invalid/", "http://a.invalid/", "https://a.invalid:444/"])
    func `a mirror does not cover`(url: String) throws {
        let mirrors = [try Mirror(from: "https://a.invalid", to: "http://127.0.0.1:1/")]
        #expect(try mirrors.rewrite(WebAddress("https://a.invalid/")) != nil)
        #expect(try mirrors.rewrite(WebAddress(url)) == nil)
    }

    @Test func `reads FROM=TO`() throws {
        let mirror = try Mirror(parsing: "https://a.b/c?d=e=http://127.0.0.1:80/x?y=z")
        #expect(mirror.from == "https://a.b/c?d=e")
        #expect(mirror.to == "http://127.0.0.1:80/x?y=z")
        for text in ["", "https://a.b", "https://a.b=", "https://a.b=c.d", "a.b=https://c.d", "https://a.b=ftp://c.d"] {
            #expect(throws: FetchError.self) { try Mirror(parsing: text) }
        }
    }

    // MARK: Proxies

    @Test(arguments: [
        (["http_proxy": "P"], true), (["HTTP_PROXY": "P"], false), (["ALL_PROXY": "P"], true),
        (["all_proxy": "P"], true),
        (["https_proxy": "P"], false), (["http_proxy": ""], false), (["http_proxy": "P", "NO_PROXY": "*"], false),
        (["http_proxy": "P", "no_proxy": "127.0.0.1"], false), (["http_proxy": "P", "no_proxy": "127.0.0.0/8"], false),
        (["http_proxy": "P", "no_proxy": "other.invalid", "NO_PROXY": "*"], true),
    ])
    func `the proxy of the environment is used as curl does`(environment: [String: String], isUsed: Bool) throws {
        let proxy = ScriptedServer { _ in HTTPReply(200, "p") }
        let server = ScriptedServer { _ in HTTPReply(200, "s") }
        let fetcher = try makeFetcher(environment: environment.mapValues { $0 == "P" ? proxy.base : $0 })
        let document = try fetcher.document(FetchRequest(url: server.base), limit: 1)
        #expect(document.bytes == Array((isUsed ? "p" : "s").utf8))
    }

    @Test func `https goes through its proxy by CONNECT`() throws {
        let proxy = ScriptedServer { _ in HTTPReply(407) }
        let fetcher = try makeFetcher(environment: ["HTTPS_PROXY": proxy.base]) { $0.retry.tries = 1 }
        #expect(throws: FetchError.self) { try fetcher.document(FetchRequest(url: "https://a.invalid/x"), limit: 1) }
        #expect(proxy.requests.map(\.method) == ["CONNECT"])
        #expect(proxy.requests.map(\.target) == ["a.invalid:443"])
    }
}
