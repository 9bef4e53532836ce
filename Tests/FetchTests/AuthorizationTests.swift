import Fetch
import LibCrypto
import LoopbackServer
import Posix
import Reporting
import Testing
import Values

/// Answers challenges by the script, and remembers what it was asked.
private final class Clerk: Authorizer {
    private let answers: [String?]
    private let first: String?
    private let asked = Monitor<[(AuthorizationTarget, [String])]>([])
    var challenges: [(target: AuthorizationTarget, values: [String])] { asked.withLock { $0.map { ($0.0, $0.1) } } }

    init(first: String? = nil, answers: [String?] = []) {
        self.first = first
        self.answers = answers
    }

    func authorization(for target: AuthorizationTarget) -> String? { first }

    func authorization(for target: AuthorizationTarget, answering challenges: [String]) -> String? {
        let number = asked.withLock { asked in
            asked.append((target, challenges))
            return asked.count
        }
        return answers.indices.contains(number - 1) ? answers[number - 1] : nil
    }
}

private struct Broken: Authorizer {
    func authorization(for target: AuthorizationTarget) throws -> String? {
        throw Diagnostic("no token", exitCode: .gathering)
    }
    func authorization(for target: AuthorizationTarget, answering challenges: [String]) throws -> String? { nil }
}

/// Wants `token`; says `challenges` otherwise.
private func guarded(
    by token: String, challenges: [String] = ["Basic realm=\"r\""], reply: HTTPReply = HTTPReply(200, "x")
) -> ScriptedServer {
    ScriptedServer { request in
        guard request.header("authorization") != token else { return reply }
        return HTTPReply(401, "who?", headers: challenges.map { ("WWW-Authenticate", $0) })
    }
}

struct AuthorizationTests {
    @Test func `what is known is sent at once`() throws {
        let server = guarded(by: "Bearer t")
        let clerk = Clerk(first: "Bearer t")
        _ = try makeFetcher().document(FetchRequest(url: server.base, authorizer: clerk), limit: 1)
        #expect(server.requests.count == 1)
        #expect(clerk.challenges.isEmpty)
    }

    @Test func `a challenge is answered once, with all that was said`() throws {
        let challenges = ["Negotiate", "Bearer realm=\"http://r/t\",scope=\"repository:a/b:pull,push\""]
        let server = guarded(by: "Bearer t", challenges: challenges)
        let clerk = Clerk(answers: ["Bearer t"])
        let clock = FakeClock()
        _ = try makeFetcher(clock).document(FetchRequest(url: server.base + "/v2/", authorizer: clerk), limit: 1)
        #expect(clerk.challenges.count == 1)
        #expect(clerk.challenges.first?.values == challenges)
        #expect(clerk.challenges.first?.target.url == server.base + "/v2/")
        #expect(clerk.challenges.first?.target.isMirror == false)
        #expect(clock.milliseconds == 0)
    }

    @Test func `an answer that is not accepted ends it`() throws {
        let server = guarded(by: "Bearer right")
        let clerk = Clerk(answers: ["Bearer wrong", "Bearer right"])
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base, authorizer: clerk), limit: 1)
        }
        #expect(error?.refusal?.status == 401)
        #expect(server.requests.count == 2)
        #expect(clerk.challenges.count == 1)
    }

    @Test func `no answer makes the 401 the error, with its body`() throws {
        let server = guarded(by: "Bearer right")
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base, authorizer: Clerk()), limit: 1)
        }
        guard case .refused(_, let response)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(response.body == Array("who?".utf8))
    }

    @Test func `who is redirected to is never given an authorization`() throws {
        let target = guarded(by: "Bearer t")
        let server = ScriptedServer { _ in HTTPReply(302, "", headers: [("Location", target.base)]) }
        let clerk = Clerk(first: "Bearer t", answers: ["Bearer t"])
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base, authorizer: clerk), limit: 1)
        }
        #expect(error?.refusal?.status == 401)
        #expect(clerk.challenges.isEmpty)
        #expect(target.requests.map { $0.header("authorization") } == [nil])
    }

    @Test func `who redirects to itself, or back, is not given an authorization either`() throws {
        let home = Detour()
        let target = ScriptedServer { request in
            switch request.path {
            case "/": HTTPReply(302, "", headers: [("Location", "/again")])
            default: HTTPReply(302, "", headers: [("Location", home.url)])
            }
        }
        let server = ScriptedServer { request in
            request.path == "/" ? HTTPReply(302, "", headers: [("Location", target.base)]) : HTTPReply(401)
        }
        home.url = server.base + "/back"
        let clerk = Clerk(first: "Bearer t", answers: ["Bearer t"])
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: server.base, authorizer: clerk), limit: 1)
        }
        #expect(error?.refusal?.status == 401)
        #expect(clerk.challenges.isEmpty)
        #expect(target.requests.map(\.path) == ["/", "/again"])
        #expect(target.requests.map { $0.header("authorization") } == [nil, nil])
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer t", nil])
    }

    @Test func `a token that ends between two tries is asked for again`() throws {
        let bytes = pattern(1_000)
        let turns = Turns()
        let server = ScriptedServer { request in
            let wanted = request.rangeStart == nil ? "Bearer 1" : "Bearer 2"
            guard request.header("authorization") == wanted else {
                return HTTPReply(401, "", headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
            }
            return .content(bytes, to: request).with { if turns.next() == 1 { $0.cutAfter = 400 } }
        }
        let clerk = Clerk(answers: ["Bearer 1", "Bearer 2"])
        let scratch = try ScratchStore()
        let item = DownloadItem(try FetchRequest(url: server.base, authorizer: clerk), digest: .of(bytes))
        #expect(try makeFetcher().download([item], into: scratch.store).first?.size == 1_000)
        #expect(clerk.challenges.count == 2)
        #expect(server.requests.map(\.rangeStart) == [nil, nil, 400, 400])
    }

    @Test func `an authorizer's error keeps its words and says where`() throws {
        let error = #expect(throws: FetchError.self) {
            try makeFetcher().document(FetchRequest(url: "http://127.0.0.1:1/x", authorizer: Broken()), limit: 1)
        }
        #expect(error?.diagnostic.message == "no token")
        #expect(error?.diagnostic.details.last?.text == "\"http://127.0.0.1:1/x\"")
    }

    @Test func `an authorizer may fetch with the same fetcher`() throws {
        let server = ScriptedServer { request in
            switch (request.path, request.header("authorization")) {
            case ("/token", _): HTTPReply(200, "Bearer t")
            case (_, "Bearer t"): HTTPReply(200, "x")
            default: HTTPReply(401)
            }
        }
        let fetcher = try makeFetcher {
            $0.parallel = 1
            $0.parallelPerHost = 1
        }
        struct TokenClerk: Authorizer {
            let fetcher: Fetcher
            let realm: String
            func authorization(for target: AuthorizationTarget) -> String? { nil }
            func authorization(for target: AuthorizationTarget, answering challenges: [String]) throws -> String? {
                try String(decoding: fetcher.document(FetchRequest(url: realm), limit: 100).bytes, as: UTF8.self)
            }
        }
        let clerk = TokenClerk(fetcher: fetcher, realm: server.base + "/token")
        #expect(try fetcher.document(FetchRequest(url: server.base, authorizer: clerk), limit: 1).status == 200)
    }
}
