import Fetch
import LoopbackServer
import OCI
import Reporting
import SampleImages
import Testing
import Values

@testable import Registry

/// How registries ask for a login, well and badly.
enum LoginScenarios {
    static let all: [Scenario] = tokens + lifetimes + services + realms + others

    private static let bearer = "Bearer " + World.token
    private static let basic = ProtocolScenarios.basic

    /// A registry that wants a token from its own `/token`, which `service` gives.
    private static func tokenScenario(
        _ name: String, login: World.Login = .none,
        challenge: @escaping @Sendable (GoodRegistry) -> [String] = standard,
        service: @escaping @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply = { _, _ in grant() },
        expects: @escaping @Sendable (ImageTrouble?, World) -> Bool
    ) -> Scenario {
        Scenario(
            name, login: login,
            rule: { request, good in
                if request.path == "/token" { return service(request, good) }
                guard request.header("authorization") != bearer else { return nil }
                return HTTPReply(401, [], headers: challenge(good).map { ("WWW-Authenticate", $0) })
            }, expects: expects)
    }

    /// One that ends well.
    private static func tokenScenario(
        _ name: String, login: World.Login = .none,
        challenge: @escaping @Sendable (GoodRegistry) -> [String] = standard,
        service: @escaping @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply = { _, _ in grant() }
    ) -> Scenario {
        tokenScenario(
            name, login: login, challenge: challenge, service: service, expects: { trouble, _ in trouble == nil })
    }

    @Sendable private static func standard(_ good: GoodRegistry) -> [String] {
        ["Bearer realm=\"\(good.base)/token\",service=\"s\",scope=\"repository:team/app:pull\""]
    }

    @Sendable private static func grant(_ body: String? = nil) -> HTTPReply {
        HTTPReply(200, body ?? "{\"token\":\"\(World.token)\",\"expires_in\":300}")
    }

    private static func targets(_ world: World) -> [String] {
        world.registry.requests.filter { $0.path == "/token" }.map(\.target)
    }

    private static let usualTarget = "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull"

    @Sendable private static func access(_ part: String) -> @Sendable (ImageTrouble?, World) -> Bool {
        { trouble, _ in
            guard case .fetch(.authorization(_, let diagnostic))? = trouble else { return false }
            return diagnostic.message.contains(part)
        }
    }

    private static let tokens: [Scenario] = [
        tokenScenario("a token for anybody") { trouble, world in
            trouble == nil && targets(world) == [usualTarget]
        },
        tokenScenario(
            "a token for user and password", login: .password,
            service: { request, _ in request.header("authorization") == basic ? grant() : HTTPReply(401) }
        ) { trouble, world in
            trouble == nil && targets(world) == [usualTarget + "&account=robot"]
        },
        tokenScenario("access_token only", service: { _, _ in grant("{\"access_token\":\"\(World.token)\"}") }),
        tokenScenario(
            "both tokens", service: { _, _ in grant("{\"access_token\":\"x\",\"token\":\"\(World.token)\"}") }),
        tokenScenario(
            "two challenges", challenge: { ["Negotiate, NTLM", "Basic realm=\"x\""] + standard($0) }),
        tokenScenario("challenges in one field", challenge: { ["Negotiate abc==, " + standard($0)[0]] }),
        tokenScenario(
            "lower case", challenge: { [standard($0)[0].lowercased()] },
            expects: { trouble, world in trouble == nil && targets(world) == [usualTarget] }),
        tokenScenario(
            "a scope with a comma",
            challenge: { ["Bearer realm=\"\($0.base)/token\",scope=\"repository:team/app:pull,push\",service=\"s\""] }
        ) { trouble, world in
            trouble == nil && targets(world) == ["/token?service=s&scope=repository%3Ateam%2Fapp%3Apull%2Cpush"]
        },
        tokenScenario("no scope", challenge: { ["Bearer realm=\"\($0.base)/token\""] }) { trouble, world in
            trouble == nil && targets(world) == ["/token?scope=repository%3Ateam%2Fapp%3Apull"]
        },
        tokenScenario(
            "two scopes", challenge: { ["Bearer realm=\"\($0.base)/token?x=y\",scope=\"a:b:pull c:d:pull\""] }
        ) { trouble, world in
            trouble == nil && targets(world) == ["/token?x=y&scope=a%3Ab%3Apull&scope=c%3Ad%3Apull"]
        },
        tokenScenario(
            "an identity token", login: .identityToken,
            service: { request, _ in
                let body = String(decoding: request.body, as: UTF8.self)
                let wanted = "grant_type=refresh_token&service=s&client_id=sealift"
                return request.method == "POST" && body.hasPrefix(wanted)
                    && body.hasSuffix("&refresh_token=" + World.token) && request.header("authorization") == nil
                    ? grant() : HTTPReply(400)
            }),
        tokenScenario("a token that the registry takes as it is", login: .registryToken) { trouble, world in
            trouble == nil && targets(world).isEmpty
        },
    ]

    private static let lifetimes: [Scenario] = [
        Scenario(
            "a token that expires in mid-run is renewed once",
            rule: { request, good in
                if request.path == "/token" {
                    return grant("{\"token\":\"\(Chance.first("token", good.base) ? "first" : World.token)\"}")
                }
                let isOld = request.header("authorization") == "Bearer first"
                guard isOld ? request.isBlob : request.header("authorization") != bearer else { return nil }
                return HTTPReply(
                    401, [],
                    headers: [("WWW-Authenticate", standard(good)[0] + (isOld ? ",error=\"invalid_token\"" : ""))])
            },
            expects: { trouble, world in trouble == nil && targets(world).count == 2 }),
        Scenario(
            "a registry that takes no token",
            rule: { request, good in
                request.path == "/token"
                    ? grant()
                    : HTTPReply(
                        401, [], headers: [("WWW-Authenticate", standard(good)[0] + ",error=\"invalid_token\"")])
            },
            expects: { trouble, world in
                if case .fetch(.refused(_, let response))? = trouble {
                    response.status == 401 && targets(world).count == 1
                } else {
                    false
                }
            }),
        tokenScenario("no lifetime", service: { _, _ in grant("{\"token\":\"\(World.token)\"}") }),
        tokenScenario(
            "a lifetime of 1 second counts as 60",
            service: { _, _ in grant("{\"token\":\"\(World.token)\",\"expires_in\":1}") }
        ) { trouble, world in
            trouble == nil && targets(world).count == 1
        },
        tokenScenario(
            "a lifetime beyond all numbers",
            service: { _, _ in grant("{\"token\":\"\(World.token)\",\"expires_in\":9223372036854775807}") }),
    ]

    private static let services: [Scenario] = [
        Scenario(
            "a token service that redirects", login: .password,
            rule: { request, good in
                if request.path == "/token" {
                    return HTTPReply(307, [], headers: [("Location", good.stranger + "/token")])
                }
                return good.demand(bearer, request, standard(good)[0])
            },
            expects: { trouble, world in
                access("the server answered 307")(trouble, world) && world.stranger.requests.isEmpty
            }),
        Scenario(
            "a token service that redirects a refresh token", login: .identityToken,
            rule: { request, good in
                if request.path == "/token" {
                    return HTTPReply(307, [], headers: [("Location", good.stranger + "/token")])
                }
                return good.demand(bearer, request, standard(good)[0])
            },
            expects: { trouble, world in
                access("the server answered 307")(trouble, world) && world.stranger.requests.isEmpty
            }),
        tokenScenario(
            "a token service that repeats the password", login: .password,
            service: { request, _ in
                HTTPReply(
                    403, "{\"you sent\":\"\(request.header("authorization") ?? "") \(World.password)\"}",
                    headers: [("Content-Type", "application/json")])
            }, expects: access("the server answered 403")),
        tokenScenario(
            "more than 1 MiB of token",
            service: { _, _ in HTTPReply(200, [UInt8](repeating: 0x20, count: 1 << 20 | 1)) },
            expects: access("larger than")),
        tokenScenario("a token without end", service: { _, _ in .endless }, expects: access("larger than")),
        tokenScenario(
            "HTML for a token", service: { _, _ in grant("<html>") }, expects: access("not the JSON of a token")),
        tokenScenario("no token in it", service: { _, _ in grant("{}") }, expects: access("neither token")),
        tokenScenario(
            "a token with a line break", service: { _, _ in grant("{\"token\":\"a\\r\\nX-Evil: 1\"}") },
            expects: access("a header cannot carry")),
        tokenScenario(
            "401 for the password", login: .password, service: { _, _ in HTTPReply(401) }, expects: access("401")),
    ]

    private static let realms: [Scenario] = [
        ("the metadata service", "http://169.254.169.254/token", "private address"),
        ("a private address", "http://10.0.0.1/token", "private address"),
        ("another loopback", "http://[::1]:99/token", "private address"),
        ("localhost by name", "http://localhost/token", "private address"),
        ("a password in the realm", "http://a:b@auth.example/token", "has a user or password"),
        ("a file", "file:///etc/hostname", "no absolute https address"),
        ("no address", "token", "no absolute https address"),
    ].map { name, realm, words in
        tokenScenario(
            "realm: " + name, login: .password, challenge: { _ in ["Bearer realm=\"\(realm)\",service=\"s\""] },
            expects: access(words))
    }

    private static let others: [Scenario] = [
        Scenario("Basic", login: .password) { request, good in
            good.demand(basic, request, "Basic realm=\"r\"")
        } expects: { trouble, world in
            // Asked once, answered, and sent unasked from then on.
            trouble == nil && world.registry.requests.filter { $0.header("authorization") == nil }.count == 1
        },
        Scenario("Basic, and nothing is stored") { request, good in
            good.demand(basic, request, "Basic realm=\"r\"")
        } expects: {
            access("none are stored")($0, $1)
        },
        Scenario("Basic, and the password is wrong", login: .password) { request, good in
            good.demand("Basic other", request, "Basic realm=\"r\"")
        } expects: { trouble, world in
            if case .fetch(.refused(_, let response))? = trouble {
                response.status == 401 && world.registry.requests.count == 2
            } else {
                false
            }
        },
        Scenario("Negotiate only", login: .password) { request, good in
            good.demand(basic, request, "Negotiate", "NTLM")
        } expects: {
            access("it asks for \"negotiate\", \"ntlm\"")($0, $1)
        },
        Scenario("401 without a challenge", login: .password) { _, _ in
            HTTPReply(401)
        } expects: {
            access("without saying how")($0, $1)
        },
        Scenario("a registry that repeats the password and is busy", login: .password) { request, good in
            if let refusal = good.demand(basic, request, "Basic realm=\"r\"") { return refusal }
            let sent = request.header("authorization") ?? ""
            return HTTPReply(
                503, Chance.first("busy", good.base) ? "you sent \(sent)" : "is it \(World.password)?",
                headers: [("Content-Type", "text/plain")])
        } expects: { trouble, world in
            if case .fetch(.refused(_, let response))? = trouble {
                response.status == 503 && !world.warnings.all.isEmpty
            } else {
                false
            }
        },
        Scenario("a registry that repeats the password", login: .password) { request, good in
            if let refusal = good.demand(basic, request, "Basic realm=\"r\"") { return refusal }
            let sent = request.header("authorization") ?? ""
            return HTTPReply(
                403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\(sent)\"},{\"code\":\"\(World.password)\"}]}",
                headers: [("Content-Type", "application/json")])
        } expects: { trouble, _ in
            if case .fetch(.refused(_, let response))? = trouble { response.status == 403 } else { false }
        },
    ]
}
