import Fetch
import JSON
import LoopbackServer
import OCI
import Posix
import Reporting
import SampleImages
import Store
import Synchronization
import Testing
import Values

@testable import Registry

/// A registry that serves one image well, a stranger that it may redirect to, and a client between them.
///
/// The secrets below are all that the client could give away; ``leaks`` says where they turned up.
final class World: Sendable {
    static let user = "robot"
    static let password = "s3cret-passw0rd"
    static let token = "t0ken-of-the-registry"

    /// Decides the registry's answer; `nil` leaves it to the good registry.
    typealias Rule = @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply?

    let image: SampleImage
    let registry: ScriptedServer
    let stranger: ScriptedServer
    let scratch: Scratch
    let warnings = Warnings()
    let fetcher: Fetcher
    let store: Store
    let hosts: RegistryHosts
    let credentials: RegistryCredentials

    /// - Parameters:
    ///   - rule: What the registry does otherwise than well.
    ///   - strange: What the stranger answers; by default the same content.
    ///   - login: Whether user and password are stored for the registry.
    init(
        _ image: SampleImage = SampleImage("a"), login: Login = .none,
        rule: @escaping Rule = { _, _ in nil },
        strange: @escaping @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply = { $1.answer($0) }
    ) throws {
        self.image = image
        let stranger = ScriptedServer { request in
            strange(request, GoodRegistry(image: image, base: "", stranger: ""))
        }
        let strangerBase = stranger.base
        let registry = ScriptedServer { request in
            let base = "http://" + (request.header("host") ?? "")
            let good = GoodRegistry(image: image, base: base, stranger: strangerBase)
            return rule(request, good) ?? good.answer(request)
        }
        (self.registry, self.stranger) = (registry, stranger)
        scratch = try Scratch()
        store = try Store(root: scratch.root.appending("store"))
        hosts = RegistryHosts(
            insecure: ["127.0.0.1:\(registry.port)"],
            folders: .init(containerd: [scratch.root.appending("certs.d")], docker: []))
        credentials = RegistryCredentials(environment: login.environment(host: "127.0.0.1:\(registry.port)"))
        var settings = FetchSettings(environment: [:])
        settings.retry.tries = 2
        settings.stallSeconds = 2
        settings.clock = FetchClock(now: { Timestamp(seconds: 0) }, sleep: { _ in }, chance: { 0 })
        settings.trust = { [hosts] in try hosts.trust(for: $0) }
        fetcher = try Fetcher(settings, progress: warnings)
    }

    /// What is stored for the registry.
    enum Login: Sendable {
        case none, password, identityToken, registryToken

        func environment(host: String) -> [String: String] {
            let entry: JSONValue
            switch self {
            case .none: return [:]
            case .password: entry = ["auth": .string(Base64.encode(Array("\(World.user):\(World.password)".utf8)))]
            case .identityToken: entry = ["identitytoken": .string(World.token)]
            case .registryToken: entry = ["registrytoken": .string(World.token)]
            }
            let auths: JSONObject = ["auths": .object([host: entry])]
            return ["DOCKER_AUTH_CONFIG": String(decoding: JSONValue.object(auths).compact(), as: UTF8.self)]
        }
    }

    var name: String { "127.0.0.1:\(registry.port)/team/app:1" }

    func client(now: @escaping @Sendable () -> Timestamp = { Timestamp(seconds: 0) }) -> RegistryClient {
        RegistryClient(
            fetcher: fetcher, store: store, hosts: hosts, credentials: credentials, progress: warnings, now: now)
    }

    /// Resolves and pulls the image; what went wrong is the result.
    func pull(_ reference: String? = nil, for platform: Platform = Platform(.amd64)) -> Result<
        ImageContents, RegistryError
    > {
        Result { () throws(RegistryError) in
            let parsed: ImageReference
            do throws(OCIError) { parsed = try ImageReference(reference ?? name) } catch {
                preconditionFailure("a name of the test's own is refused")
            }
            let client = client()
            let pinned = try client.resolve(parsed, for: platform, askedFor: "line7.yaml:5")
            return try client.pull([pinned]) { _ in "line7.yaml:5" }[0]
        }
    }

    /// Where a secret turned up that does not belong there: at the stranger's, or in words.
    func leaks(_ result: Result<ImageContents, RegistryError>) -> [String] {
        let secrets = [Self.password, Self.token, Base64.encode(Array("\(Self.user):\(Self.password)".utf8))]
        var found: [String] = []
        for request in stranger.requests {
            let text =
                "\(request.target) \(request.fields.map { $0.value }) \(String(decoding: request.body, as: UTF8.self))"
            if request.header("authorization") != nil || secrets.contains(where: { text.contains($0) }) {
                found.append("stranger: \(request.method) \(request.target)")
            }
        }
        if case .failure(let error) = result {
            let words = "\(error.diagnostic)"
            if secrets.contains(where: { words.contains($0) }) { found.append("words: \(words)") }
        }
        let said = "\(warnings.all)"
        if secrets.contains(where: { said.contains($0) }) { found.append("said: \(said)") }
        return found
    }
}

/// A registry as it should be, for one image under the tag `1`.
struct GoodRegistry: Sendable {
    let image: SampleImage
    /// Its own `http://host:port`, as the client wrote it.
    let base: String
    /// The other server's.
    let stranger: String

    func answer(_ request: HTTPRequest) -> HTTPReply {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.count >= 4, parts[0] == "v2" else { return Self.unknown("NAME_UNKNOWN") }
        let last = parts[parts.count - 1]
        switch parts[parts.count - 2] {
        case "tags": return json(["name": "team/app", "tags": ["0.9", "1", "1.1", "latest"]])
        case "manifests":
            guard let digest = last == "1" ? image.root.digest : SHA256Digest(last), let bytes = image.blobs[digest],
                let type = image.types[digest], request.header("accept")?.contains(type.text) == true
            else { return Self.unknown("MANIFEST_UNKNOWN") }
            return HTTPReply(
                200, bytes, headers: [("Content-Type", type.text), ("Docker-Content-Digest", digest.description)])
        case "blobs":
            guard let digest = SHA256Digest(last), let bytes = image.blobs[digest] else {
                return Self.unknown("BLOB_UNKNOWN")
            }
            return .content(bytes, to: request, headers: [("Content-Type", "application/octet-stream")])
        default: return Self.unknown("UNSUPPORTED")
        }
    }

    static func unknown(_ code: String) -> HTTPReply {
        HTTPReply(
            404, "{\"errors\":[{\"code\":\"\(code)\",\"message\":\"no\"}]}",
            headers: [("Content-Type", "application/json")])
    }

    func json(_ value: JSONValue) -> HTTPReply {
        HTTPReply(200, value.compact(), headers: [("Content-Type", "application/json")])
    }

    /// 401 with these challenges, unless `authorization` was sent.
    func demand(_ authorization: String, _ request: HTTPRequest, _ challenges: String...) -> HTTPReply? {
        guard request.header("authorization") != authorization else { return nil }
        return HTTPReply(
            401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}", headers: challenges.map { ("WWW-Authenticate", $0) })
    }
}

extension HTTPRequest {
    var isManifest: Bool { path.contains("/manifests/") }
    var isBlob: Bool { path.contains("/blobs/") }
    func isAbout(_ digest: SHA256Digest) -> Bool { path.hasSuffix(digest.description) }
}

/// Keeps what is said.
final class Warnings: ProgressReceiver {
    private let said = Mutex<[Diagnostic]>([])
    var all: [Diagnostic] { said.withLock { $0 } }
    func report(_ progress: Progress) {}
    func say(_ diagnostic: Diagnostic) { said.withLock { $0.append(diagnostic) } }
}

/// A folder of the test's own, gone with it.
final class Scratch: Sendable {
    let root: FilePath

    init() throws {
        root = FilePath("/tmp").appending("sealift-registry-\(Hex.encode(try System.randomBytes(8)))")
        try Files.makeDirectories(root)
    }

    deinit { try? Files.removeTree(root) }

    func write(_ text: String, to path: String, mode: FileMode = .file) throws {
        let file = root.appending(path)
        try Files.makeDirectories(file.parent)
        try Files.replace(file, with: Array(text.utf8), mode: mode)
    }
}
