import Fetch
import LoopbackServer
import OCI
import Posix
import Reporting
import SampleImages
import Testing
import Values

@testable import Registry

@Suite struct RegistryHostsTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func hosts(insecure: Set<String> = []) -> RegistryHosts {
        RegistryHosts(
            insecure: insecure,
            folders: .init(
                containerd: [scratch.root.appending("containerd")], docker: [scratch.root.appending("docker")]))
    }

    @Test(arguments: [
        ("docker.io", "https://registry-1.docker.io/v2"), ("ghcr.io", "https://ghcr.io/v2"),
        ("localhost:5000", "https://localhost:5000/v2"), ("127.0.0.1:5000", "https://127.0.0.1:5000/v2"),
        ("[::1]:5000", "https://[::1]:5000/v2"), ("lab.example:80", "http://lab.example/v2"),
        ("plain.example", "http://plain.example/v2"),
    ])
    func `registries are asked over TLS unless they are named insecure`(registry: String, base: String) throws {
        let endpoints = try hosts(insecure: ["lab.example:80", "PLAIN.example"]).endpoints(for: registry)
        #expect(endpoints.map(\.base) == [base])
        #expect(endpoints.allSatisfy { $0.resolves && $0.pulls && !$0.isMirror })
    }

    @Test func `a hosts file puts mirrors in front, with ns and without the registry's login`() throws {
        try scratch.write(
            """
            server = "https://registry-1.docker.io"
            [host."http://mirror.example:5000"]
            capabilities = ["pull"]
            [host."https://cache.example/hub"]
            [host."https://odd.example/proxy/v2/dockerhub"]
            override_path = true
            """, to: "containerd/docker.io/hosts.toml")
        let endpoints = try hosts().endpoints(for: "docker.io")
        #expect(
            endpoints.map { $0.url("library/nginx", "manifests", "1") } == [
                "http://mirror.example:5000/v2/library/nginx/manifests/1?ns=docker.io",
                "https://cache.example/hub/v2/library/nginx/manifests/1?ns=docker.io",
                "https://odd.example/proxy/v2/dockerhub/library/nginx/manifests/1?ns=docker.io",
                "https://registry-1.docker.io/v2/library/nginx/manifests/1",
            ])
        #expect(endpoints.map(\.resolves) == [false, true, true, true])
        #expect(endpoints.map(\.isMirror) == [true, true, true, false])
    }

    @Test(arguments: ["lab.example_5000_", "lab.example:5000", "_default"])
    func `folders are found by containerd's names`(folder: String) throws {
        try scratch.write("[host.\"https://m.example\"]\n", to: "containerd/\(folder)/hosts.toml")
        #expect(
            try hosts().endpoints(for: "lab.example:5000").map(\.base) == [
                "https://m.example/v2", "https://lab.example:5000/v2",
            ])
    }

    @Test(
        arguments: [
            ("skip_verify = true\n", 1), ("[host.\"https://u:p@m.example\"]\n", nil),
            ("[host.\"https://m.example?x\"]\n", nil),
            ("[host.\"https://\"]\n", nil), ("x = {}\n", 1),
        ] as [(String, Int?)])
    func `a hosts file that is not understood is refused`(text: String, line: Int?) throws {
        try scratch.write(text, to: "containerd/a.example/hosts.toml")
        let error = #expect(throws: RegistryError.self) { try hosts().endpoints(for: "a.example") }
        guard case .configuration(let path, line, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == scratch.root.appending("containerd/a.example/hosts.toml"))
        #expect(error?.diagnostic.exitCode == .usage)
    }

    @Test func `certificates come from docker's folders and from hosts files`() throws {
        try scratch.write("A", to: "docker/a.example:5000/ca.crt")
        try scratch.write("B", to: "docker/a.example:5000/other.crt")
        try scratch.write("C", to: "docker/a.example:5000/client.cert")
        try scratch.write("K", to: "docker/a.example:5000/client.key")
        try scratch.write("M", to: "containerd/a.example_5000_/mirror.pem")
        try scratch.write(
            "[host.\"https://m.example\"]\nca = \"mirror.pem\"\nclient = [[\"/c.pem\", \"k.pem\"]]\n",
            to: "containerd/a.example_5000_/hosts.toml")
        let hosts = hosts()
        _ = try hosts.endpoints(for: "a.example:5000")
        let own = try hosts.trust(for: WebOrigin(scheme: .https, host: "a.example", port: 5_000))
        let folder = scratch.root.appending("docker/a.example:5000")
        #expect(own?.authorities == Array("A\nB\n".utf8))
        #expect(own?.client == .init(certificate: folder.appending("client.cert"), key: folder.appending("client.key")))
        let mirror = try hosts.trust(for: WebOrigin(scheme: .https, host: "m.example", port: 443))
        #expect(mirror?.authorities == Array("M\n".utf8))
        #expect(mirror?.client?.certificate == "/c.pem")
        #expect(mirror?.client?.key == scratch.root.appending("containerd/a.example_5000_/k.pem"))
        #expect(try hosts.trust(for: WebOrigin(scheme: .https, host: "b.example", port: 443)) == nil)
    }

    @Test func `a certificate without its key is refused, and so is a missing authority`() throws {
        try scratch.write("C", to: "docker/a.example/client.cert")
        #expect(throws: RegistryError.self) {
            try hosts().trust(for: WebOrigin(scheme: .https, host: "a.example", port: 443))
        }
        try scratch.write("ca = \"missing.pem\"\n", to: "containerd/b.example/hosts.toml")
        #expect(throws: RegistryError.self) { try hosts().endpoints(for: "b.example") }
    }
}

/// Mirrors of a hosts file, over the wire.
@Suite struct MirrorTests {
    /// A world whose registry has the stranger for a mirror.
    private func world(
        _ table: String = "", login: World.Login = .password,
        strange: @escaping @Sendable (HTTPRequest, GoodRegistry) -> HTTPReply = { $1.answer($0) }
    ) throws -> World {
        let world = try World(
            login: login,
            rule: { request, good in good.demand(ProtocolScenarios.basic, request, "Basic realm=\"r\"") },
            strange: strange)
        try world.scratch.write(
            "[host.\"\(world.stranger.base)\"]\n\(table)", to: "certs.d/127.0.0.1:\(world.registry.port)/hosts.toml")
        return world
    }

    private func check(_ world: World, _ result: Result<ImageContents, RegistryError>) throws {
        _ = try result.get()
        #expect(world.leaks(result).isEmpty)
        #expect(!world.stranger.requests.isEmpty)
        #expect(world.stranger.requests.allSatisfy { $0.target.hasSuffix("?ns=127.0.0.1%3A\(world.registry.port)") })
    }

    @Test func `a mirror that has everything is asked alone`() throws {
        let world = try world()
        try check(world, world.pull())
        #expect(world.registry.requests.isEmpty)
    }

    @Test func `a mirror that may not resolve is asked for content only`() throws {
        let world = try world("capabilities = [\"pull\"]\n")
        try check(world, world.pull())
        #expect(world.stranger.requests.allSatisfy { !$0.path.hasSuffix("/manifests/1") })
    }

    @Test(arguments: [404, 403, 401, 500])
    func `what a mirror refuses is had from the registry`(status: Int) throws {
        let world = try world(strange: { _, _ in HTTPReply(status) })
        try check(world, world.pull())
    }

    @Test func `a mirror that lacks one layer, and one that lies`() throws {
        for reply in [HTTPReply(404), HTTPReply(200, [UInt8](repeating: 1, count: 4))] {
            let world = try world(strange: { request, good in
                request.isAbout(good.image.layers[0].digest) ? reply : good.answer(request)
            })
            try check(world, world.pull())
        }
    }

    @Test func `a mirror that asks for a login gets none of the registry's`() throws {
        let world = try world(strange: { _, _ in
            HTTPReply(401, [], headers: [("WWW-Authenticate", "Basic realm=\"give me\"")])
        })
        try check(world, world.pull())
    }
}
