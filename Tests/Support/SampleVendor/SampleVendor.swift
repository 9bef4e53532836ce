import JSON
import LibCrypto
public import LoopbackServer
import OCI
public import SampleImages
import Synchronization
import Values

/// The makers of K3s on loopback: a channel server, the releases and the registry, on one port, each below its own folder.
///
/// Everything can be replaced while it runs, and a rule may answer otherwise than well.
public final class SampleVendor: Sendable {
    /// Decides an answer; `nil` leaves it to the good server. Gets how often the path was asked before.
    public typealias Rule = @Sendable (HTTPRequest, Int) -> HTTPReply?

    /// Version, channels, images as published.
    public static let version = "v1.31.4+k3s1"
    /// What `k3s-images.txt` names.
    public static let images = ["rancher/mirrored-coredns-coredns:1.12.0", "rancher/mirrored-pause:3.6"]

    private let server: ScriptedServer
    private let shared = Shared()

    /// What the connections' threads share.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private struct State {
        var files: [String: [UInt8]] = [:]
        var images: [String: SampleImage] = [:]
        var rule: Rule = { _, _ in nil }
        var counts: [String: Int] = [:]
    }

    /// Starts a server of one release for amd64 and two channels.
    public init() {
        let shared = shared
        server = ScriptedServer { Self.answer($0, shared) }
        publish(Self.version)
        publishChannels(["stable": "v1.30.8+k3s1", "v1.31": Self.version])
        for name in Self.images + ["acme/app:1"] { put(SampleImage(name), as: name) }
    }

    /// `http://127.0.0.1:PORT`.
    public var base: String { server.base }
    /// All requests since ``forget()``, as `GET /path`.
    public var asked: [String] {
        server.requests.dropFirst(forgotten.withLock { $0 }).map { "\($0.method) \($0.target)" }
    }
    /// The requests themselves.
    public var requests: [HTTPRequest] { Array(server.requests.dropFirst(forgotten.withLock { $0 })) }

    private let forgotten = Mutex(0)

    /// Begins ``asked`` anew.
    public func forget() {
        let count = server.requests.count
        forgotten.withLock { $0 = count }
    }

    /// Answers by `rule` from now on.
    public func behave(_ rule: @escaping Rule) {
        shared.state.withLock { state in
            state.rule = rule
            state.counts = [:]
        }
    }

    /// Puts a file below the folder of releases, or takes it away.
    public func put(_ bytes: [UInt8]?, at path: String) { shared.state.withLock { $0.files[path] = bytes } }

    /// The file at `path`.
    public func file(_ path: String) -> [UInt8] { shared.state.withLock { $0.files[path] ?? [] } }

    /// Puts an image into the registry, as `repository:tag`.
    public func put(_ image: SampleImage, as name: String) { shared.state.withLock { $0.images[name] = image } }

    /// The image that the registry has as `repository:tag`.
    public func image(_ name: String) -> SampleImage? { shared.state.withLock { $0.images[name] } }
}

extension SampleVendor {
    /// Where an asset of a release lies; a `+` is `%2B` there.
    public static func path(_ asset: String, _ version: String = version) -> String {
        let encoded = version.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%2B")
        return "/k3s-io/k3s/releases/download/\(encoded)/\(asset)"
    }

    /// Publishes a release: binary, archive, list and the checksum file of the first two.
    public func publish(_ version: String) {
        let binary = Array(String(repeating: "k3s \(version) ", count: 100).utf8)
        let archive = Self.imageArchive(Self.images)
        put(binary, at: Self.path("k3s", version))
        put(archive, at: Self.path(Self.archive, version))
        put(Array(Self.images.map { "docker.io/\($0)\n" }.joined().utf8), at: Self.path("k3s-images.txt", version))
        publishSums([(Self.archive, archive), ("k3s", binary)], version)
    }

    /// The makers' image archive.
    public static let archive = "k3s-airgap-images-amd64.tar.zst"

    /// Publishes the checksum file of these assets.
    public func publishSums(_ assets: [(name: String, content: [UInt8])], _ version: String = version) {
        let lines = assets.map { "\(SHA256Digest.of($0.content).hex)  \($0.name)\n" }
        put(Array(lines.joined().utf8), at: Self.path("sha256sum-amd64.txt", version))
    }

    /// Publishes the collection of channels.
    public func publishChannels(_ channels: [String: String]) {
        let entries = channels.sorted { $0.key < $1.key }.map { name, latest in
            JSONValue.object([
                "id": .string(name), "latest": .string(latest), "links": ["self": .string(base + "/" + name)],
                "name": .string(name), "type": "channel",
            ])
        }
        let document: JSONValue = ["type": "collection", "data": .array(entries)]
        put(document.compact(), at: "/v1-release/channels")
    }

    /// An archive as `docker save` shapes it, with nothing but names: what is inside the images is nobody's matter here.
    public static func imageArchive(_ names: [String]) -> [UInt8] {
        let tags = names.map { JSONValue.object(["RepoTags": [.string($0)], "Layers": []]) }
        return TarBytes.archive([("manifest.json", JSONValue.array(tags).compact())])
    }
}

extension SampleVendor {
    private static func answer(_ request: HTTPRequest, _ shared: Shared) -> HTTPReply {
        let (rule, count) = shared.state.withLock { state in
            state.counts[request.path, default: 0] += 1
            return (state.rule, state.counts[request.path, default: 1] - 1)
        }
        if let reply = rule(request, count) { return reply }
        let state = shared.state.withLock { $0 }
        if let file = state.files[request.path] { return .content(file, to: request) }
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.count > 3, parts[0] == "v2" else { return HTTPReply(404, "no such file") }
        let repository = parts[1..<parts.count - 2].joined(separator: "/")
        return image(repository, parts[parts.count - 1], state.images, request)
    }

    private static func image(
        _ repository: String, _ reference: String, _ images: [String: SampleImage], _ request: HTTPRequest
    ) -> HTTPReply {
        let own = images.filter { $0.key.hasPrefix(repository + ":") }
        let digest = own[repository + ":" + reference]?.root.digest ?? SHA256Digest(reference)
        guard let digest, let image = own.values.first(where: { $0.blobs[digest] != nil }),
            let bytes = image.blobs[digest]
        else { return HTTPReply(404, "{}") }
        var headers = [(name: "Docker-Content-Digest", value: digest.description)]
        if let type = image.types[digest] { headers.append(("Content-Type", type.text)) }
        return .content(bytes, to: request, headers: headers)
    }
}
