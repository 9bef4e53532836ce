import Fetch
import LoopbackServer
import OCI
import Reporting
import SampleImages
import Testing
import Values

@testable import Registry

/// What registries, proxies and content networks do with requests.
enum ProtocolScenarios {
    static let all: [Scenario] = answers + redirects

    private static func refused(_ status: Int) -> @Sendable (ImageTrouble?, World) -> Bool {
        { trouble, _ in
            if case .fetch(.refused(_, let response))? = trouble { response.status == status } else { false }
        }
    }

    private static let isWell: @Sendable (ImageTrouble?, World) -> Bool = { trouble, _ in trouble == nil }

    private static let answers: [Scenario] = [
        Scenario("no Docker-Content-Digest") { request, good in
            guard request.isManifest else { return nil }
            return good.answer(request).with { $0.headers.removeAll { $0.name == "Docker-Content-Digest" } }
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("HEAD is not known") { request, _ in
            request.method == "HEAD" ? HTTPReply(405) : nil
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("HEAD tells the digest of something else") { request, good in
            guard request.method == "HEAD" else { return nil }
            return HTTPReply(200, [], headers: [("Docker-Content-Digest", good.image.config.digest.description)])
        } expects: { trouble, _ in
            trouble == .notFound(tags: ["1", "1.1", "0.9", "latest"])
        },
        Scenario("GET tells a digest that is not the content's") { request, good in
            guard request.isManifest else { return nil }
            guard request.method == "GET" else { return HTTPReply(404) }
            return good.answer(request).with { reply in
                reply.headers = [
                    ("Content-Type", MediaType.index.text),
                    ("Docker-Content-Digest", good.image.config.digest.description),
                ]
            }
        } expects: { trouble, world in
            trouble == .otherDigest(promised: world.image.config.digest, found: world.image.root.digest)
        },
        Scenario("a digest header that is no digest") { request, _ in
            request.isManifest ? HTTPReply(200, [], headers: [("Docker-Content-Digest", "sha256:../../etc")]) : nil
        } expects: { trouble, _ in
            trouble == .digestHeader("sha256:../../etc")
        },
        Scenario("a digest header of sha512") { request, _ in
            request.isManifest ? HTTPReply(200, [], headers: [("docker-content-digest", "sha512:aa")]) : nil
        } expects: { trouble, _ in
            trouble == .digestHeader("sha512:aa")
        },
        Scenario("Content-Type with a charset") { request, good in
            guard request.isManifest else { return nil }
            return good.answer(request).with { reply in
                reply.headers = reply.headers.map {
                    $0.name == "Content-Type" ? ($0.name, $0.value + "; charset=utf-8") : $0
                }
            }
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("a registry that wants all four types") { request, good in
            guard request.isManifest else { return nil }
            let accepted = request.header("accept") ?? ""
            return MediaType.acceptedDocuments.allSatisfy { accepted.contains($0.text) }
                ? nil : GoodRegistry.unknown("MANIFEST_UNKNOWN")
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("HTML and 502") { _, _ in
            HTTPReply(502, "<html>bad gateway</html>", headers: [("Content-Type", "text/html")])
        } expects: {
            refused(502)($0, $1)
        },
        Scenario("429 with seconds") { request, _ in
            request.isBlob ? HTTPReply(429, "slow down", headers: [("Retry-After", "7")]) : nil
        } expects: {
            refused(429)($0, $1)
        },
        Scenario("429 without a word, then content") { request, good in
            guard request.isBlob, request.header("x-test") == nil else { return nil }
            return Chance.first(request.path, good.base) ? HTTPReply(429) : nil
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("503 once") { request, good in
            Chance.first(request.method + request.path, good.base) ? HTTPReply(503) : nil
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("403 for a layer") { request, good in
            guard request.isAbout(good.image.layers[0].digest) else { return nil }
            return HTTPReply(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"}]}")
        } expects: {
            refused(403)($0, $1)
        },
        Scenario("a layer is cut once, and gone on with at the registry") { request, good in
            guard request.isAbout(good.image.layers[1].digest), Chance.first(request.path, good.base) else {
                return nil
            }
            return good.answer(request).with { $0.cutAfter = 5 }
        } expects: { trouble, world in
            let layer = world.registry.requests.filter { $0.isAbout(world.image.layers[1].digest) }
            return trouble == nil && layer.map(\.rangeStart) == [nil, 5]
        },
        Scenario("Range is answered with everything") { request, good in
            guard request.isAbout(good.image.layers[1].digest) else { return nil }
            let all = HTTPReply(200, good.image.blobs[good.image.layers[1].digest] ?? [])
            return Chance.first(request.path, good.base) ? all.with { $0.cutAfter = 5 } : all
        } expects: { trouble, _ in
            trouble == nil
        },
        Scenario("Range is answered with another part") { request, good in
            guard request.isAbout(good.image.layers[1].digest) else { return nil }
            if Chance.first(request.path, good.base) { return good.answer(request).with { $0.cutAfter = 5 } }
            guard request.rangeStart != nil else { return nil }
            let bytes = good.image.blobs[good.image.layers[1].digest] ?? []
            return HTTPReply(
                206, Array(bytes[1...]), headers: [("Content-Range", "bytes 1-\(bytes.count - 1)/\(bytes.count)")])
        } expects: { trouble, _ in
            if case .fetch(.connection(_, .answer, _))? = trouble { true } else { false }
        },
    ]

    /// Answers that lead to the stranger, who must not learn anything.
    private static let redirects: [Scenario] = [
        Scenario("layers lie with the stranger", login: .password) { request, good in
            if let refusal = good.demand(Self.basic, request, "Basic realm=\"r\"") { return refusal }
            return request.isBlob ? HTTPReply(307, [], headers: [("Location", good.stranger + request.target)]) : nil
        } expects: { trouble, world in
            trouble == nil && world.stranger.requests.count == world.image.layers.count + 1
        },
        Scenario("manifests lie with the stranger", login: .password) { request, good in
            if let refusal = good.demand(Self.basic, request, "Basic realm=\"r\"") { return refusal }
            return request.isManifest
                ? HTTPReply(302, [], headers: [("Location", good.stranger + request.target)]) : nil
        } expects: { trouble, world in
            trouble == nil && !world.stranger.requests.isEmpty
        },
        Scenario(
            "the stranger wants a login", login: .password,
            rule: { request, good in
                if let refusal = good.demand(Self.basic, request, "Basic realm=\"r\"") { return refusal }
                return request.isBlob
                    ? HTTPReply(308, [], headers: [("Location", good.stranger + request.target)]) : nil
            },
            strange: { _, _ in HTTPReply(401, [], headers: [("WWW-Authenticate", "Basic realm=\"mine\"")]) },
            expects: { refused(401)($0, $1) }),
        Scenario(
            "the stranger sends it back", login: .password,
            rule: { request, good in
                if let refusal = good.demand(Self.basic, request, "Basic realm=\"r\"") { return refusal }
                return request.isBlob
                    ? HTTPReply(301, [], headers: [("Location", good.stranger + request.target)]) : nil
            },
            strange: { request, _ in
                HTTPReply(307, [], headers: [("Location", "http://127.0.0.1:1/")])
            },
            expects: { trouble, _ in
                if case .fetch(.connection(_, .connect, _))? = trouble { true } else { false }
            }),
        Scenario("redirects without end") { request, good in
            request.isBlob ? HTTPReply(307, [], headers: [("Location", request.target)]) : nil
        } expects: { trouble, _ in
            if case .fetch(.redirect(_, .tooMany))? = trouble { true } else { false }
        },
        Scenario("a redirect to a file") { request, _ in
            request.isBlob ? HTTPReply(307, [], headers: [("Location", "file:///etc/hostname")]) : nil
        } expects: { trouble, _ in
            if case .fetch(.redirect(_, .location))? = trouble { true } else { false }
        },
        Scenario("a redirect to nowhere") { request, _ in
            request.isBlob ? HTTPReply(307) : nil
        } expects: { trouble, _ in
            if case .fetch(.redirect(_, .location))? = trouble { true } else { false }
        },
    ]

    static let basic = "Basic " + Base64.encode(Array("\(World.user):\(World.password)".utf8))
}
