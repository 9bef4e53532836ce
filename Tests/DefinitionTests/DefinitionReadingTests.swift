import Definition
import Format
import LibYAML
import OCI
import Posix
import Reporting
import Testing
import Values

struct DefinitionReadingTests {
    @Test func `the ten lines of the guide are enough`() throws {
        let definition = try definition(
            """
            images: [ghcr.io/acme/plc-bridge:2.3.1]
            manifests: [./manifests]
            config: {disable: [traefik]}
            variables: {NODE_IP: {type: ipv4, ask: address of this node on the plant network}}
            """, version: "v1.31")
        #expect(definition.name.description == "line7")
        #expect(definition.version.description == "2026.11.0")
        #expect(definition.platform.version == "v1.31")
        #expect(definition.platform.architecture == .amd64)
        #expect(definition.images.map(\.reference.description) == ["ghcr.io/acme/plc-bridge:2.3.1"])
        #expect(definition.images.map(\.platform.description) == ["linux/amd64"])
        #expect(definition.manifests.map(\.path) == ["site/manifests"])
        #expect(definition.imageSource == .registry)
        #expect(definition.volumeSize == .gibibytes(1))
        #expect(definition.roles.map(\.name) == ["first-server", "server", "agent"])
        let address = try #require(definition.variables.first { $0.variable.name == "NODE_IP" })
        #expect(address.variable.type == .ipv4)
        #expect(address.variable.ask == "address of this node on the plant network")
        #expect(address.required == .never)
    }

    @Test func `everything that may be written is read`() throws {
        let definition = try definition(
            """
            roles: [agent, first-server]
            image-source: vendor-archive
            images:
              - nginx
              - {name: "quay.io/a/b@sha256:\(String(repeating: "a", count: 64))", platform: linux/arm/v7}
            manifests: [a.yaml, /srv/b]
            files:
              - {path: /etc/app/app.conf, from: files/app.conf, mode: 0640, owner: "root:adm", roles: [agent]}
              - path: /etc/app/node.env
                content: |
                  IP=${NODE_IP}
                template: env
            artefacts:
              binary: {file: ./k3s, sha256: \(String(repeating: "b", count: 64))}
              image-archive: {url: "https://mirror.site/images.tar.zst"}
            requirements:
              - {id: site.disk, kind: disk, path: /srv, minimum: 20 GiB, severity: fail, reason: recordings need room}
            units:
              - {name: recorder.service, timeout: 30}
            expires: 2027-11-20T00:00:00Z
            volume-size: 512 MiB
            """)
        #expect(definition.roles.map(\.name) == ["first-server", "agent"])
        #expect(definition.imageSource == .vendorArchive)
        #expect(definition.images.map(\.reference.registry) == ["docker.io", "quay.io"])
        #expect(definition.images[1].platform.description == "linux/arm/v7")
        #expect(definition.manifests.map(\.path) == ["site/a.yaml", "/srv/b"])
        #expect(definition.files.map(\.destination.text) == ["etc/app/app.conf", "etc/app/node.env"])
        #expect(definition.files[0].permissions.mode.description == "0640")
        #expect(definition.files[0].permissions.owner.description == "root:adm")
        #expect(definition.files[1].template == .env)
        #expect(definition.artefacts.keys.sorted() == ["binary", "image-archive"])
        #expect(definition.requirements.map(\.id) == ["site.disk"])
        #expect(
            definition.units.map(\.action) == [.unit(name: "recorder.service", enable: true, start: true, timeout: 30)])
        #expect(definition.expires?.description == "2027-11-20T00:00:00Z")
        #expect(definition.volumeSize == .mebibytes(512))
        let release = try #require(definition.profile.release(Version("v1.31.4+k3s1"), .amd64))
        #expect(throws: DefinitionError.self) { try Layout(definition, release) }  // the manifests are not there
    }

    @Test func `comments and layout do not change the digest, content does`() throws {
        let plain = try definition("images: [nginx]")
        #expect(try definition("# why\nimages:\n  - nginx\n").digest == plain.digest)
        #expect(try definition("images: [nginx:2]").digest != plain.digest)
    }

    /// More lines, where the error points (the first three lines stand before), what it says, what to do.
    @Test(arguments: [
        (
            "requirements: [{id: a, kind: disk, path: /srv, minimum: 9007199254740992, severity: fail, reason: r}]", 4,
            57,
            "requirements[0].minimum: expected a size such as 512 MiB or 1 GB, found the number 9007199254740992", nil
        ),
        (
            "requirements: [{id: a, kind: inodes, path: /srv, minimum: 9007199254740992, severity: fail, reason: r}]",
            4,
            59, nil, nil
        ),
        ("imges: [nginx]", 4, 1, "the file: unknown key \"imges\"", "did you mean \"images\"?"),
        ("roles: [first]", 4, 9, "roles[0]: expected one of first-server, server, agent, found \"first\"", nil),
        ("roles: []", 4, 8, "roles: expected one or more of first-server, server, agent, found a list", nil),
        ("image-source: pull", 4, 15, "image-source: expected one of registry, vendor-archive, found \"pull\"", nil),
        (
            "images: [Nginx]", 4, 10,
            "images[0]: cannot take \"Nginx\": the repository \"library/Nginx\" has upper-case letters; images are named like "
                + "ghcr.io/acme/app:1.2", nil
        ),
        ("images: nginx", 4, 9, "images: expected a list, found \"nginx\"", nil),
        ("images: [{nam: nginx}]", 4, 11, "images[0]: unknown key \"nam\"", "did you mean \"name\"?"),
        ("config: {disabel: [traefik]}", 4, 10, "config: unknown key \"disabel\"", "did you mean \"disable\"?"),
        ("config: {disable: traefik}", 4, 19, "config.disable: expected a list, found \"traefik\"", nil),
        ("config: {cluster-init: yes}", 4, 24, "config.cluster-init: expected true or false, found \"yes\"", nil),
        (
            "config: {token: abc}", 4, 10,
            "config: cannot take the key \"token\": join values are given on the site, as K3S_TOKEN", nil
        ),
        (
            "config: {node-name: \"${NODE}\"}", 4, 21,
            "config.node-name: expected a variable that is declared: K3S_AGENT_TOKEN, K3S_TOKEN, K3S_URL, NODE_IP, found \"${NODE}\"",
            nil
        ),
        (
            "config: {node-name: \"a-${NODE_IP}\"}", 4, 21,
            "config.node-name: expected ${NAME} as the whole text, or no ${, found \"a-${NODE_IP}\"", nil
        ),
        (
            "role-config: {agent: {disable: [traefik]}}", 4, 23,
            "role-config.agent: cannot take the key \"disable\": it is for first-server, server",
            nil
        ),
        ("role-config: {master: {}}", 4, 15, "role-config: unknown key \"master\"", nil),
        (
            "registries: {configs: {a: {auth: {password: hunter2}}}}", 4, 45,
            "registries.configs.a.auth.password: expected ${NAME} of a variable of type secret: a bundle carries no secrets, "
                + "found \"hunter2\"", nil
        ),
        (
            "variables: {NODE_IP: {type: url}}", 4, 29,
            "variables.NODE_IP.type: expected ip, as the profile has it, found \"url\"", nil
        ),
        ("variables: {node: {type: url, ask: x}}", 4, 13, nil, nil),
        ("variables: {A: {type: adress, ask: x}}", 4, 23, nil, nil),
        ("variables: {A: {type: port}}", 4, 16, "variables.A: the key \"ask\" is missing", "add `ask: …`"),
        (
            "variables: {A: {type: port, ask: x, default: 70000}}", 4, 46,
            "variables.A.default: expected a port from 1 to 65535, found the number 70000", nil
        ),
        (
            "variables: {A: {type: secret, ask: x, default: y}}", 4, 48,
            "variables.A.default: cannot take \"y\": a secret has no default, it is given on the site", nil
        ),
        ("files: [{path: etc/app, content: x}]", 4, 16, nil, nil),
        ("files: [{path: /etc/../app, content: x}]", 4, 16, nil, nil),
        ("files: [{path: /a, content: x, from: y}]", 4, 20, nil, nil),
        ("files: [{path: /a}]", 4, 9, "files[0]: the key \"content\" is missing", nil),
        ("files: [{path: /a, content: x, mode: 755}]", 4, 38, nil, nil),
        ("files: [{path: /a, content: x, mode: \"4755\"}]", 4, 38, nil, nil),
        ("files: [{path: /a, content: \"${x}\", template: env}]", 4, 29, nil, nil),
        (
            "expires: tomorrow", 4, 10,
            "expires: expected a time in UTC such as 2027-11-20T00:00:00Z, found \"tomorrow\"", nil
        ),
        ("volume-size: 2 GiB", 4, 14, "volume-size: expected a size from 64 MiB to 1 GiB, found \"2 GiB\"", nil),
        ("artefacts: {kubelet: {url: \"https://a/b\"}}", 4, 13, "artefacts: unknown key \"kubelet\"", nil),
        (
            "artefacts: {binary: {}}", 4, 21,
            "artefacts.binary: expected one of `url`, `file` and `source`, found a map", nil
        ),
        ("files: [{path: /a, content: \"${NODE_ID}\", template: env}]", 4, 29, nil, "did you mean \"NODE_IP\"?"),
        ("image-source: registri", 4, 15, nil, "did you mean \"registry\"?"),
        ("units: [{name: recorder}]", 4, 16, nil, nil),
        ("requirements: [{id: a, kind: ram, severity: fail, reason: x}]", 4, 30, nil, nil),
        (
            "requirements: [{id: a, kind: cores, severity: fail, reason: x, path: /a}]", 4, 64,
            "requirements[0]: unknown key \"path\"", nil
        ),
        ("name: other", 4, 1, "the key \"name\" stands twice, first on line 1", "keep one of the two"),
    ])
    func `says what is wrong and where`(more: String, line: Int, column: Int, message: String?, next: String?) throws {
        let found = try diagnostic { () throws(DefinitionError) in try definition(more) }
        #expect(found.location?.description == "site/line7.yaml:\(line):\(column)")
        #expect(found.location?.excerpt == more)
        if let message { #expect(found.message == message) }
        if let next { #expect(found.next == next) }
        #expect(found.next?.isEmpty == false)
        #expect(found.exitCode == .usage)
    }

    @Test(arguments: [
        (
            "{profile: k3, version: stable, arch: amd64}", 21, "there is no profile called \"k3\"",
            "did you mean \"k3s\"?"
        ),
        (
            "{profile: k3s, version: v1.31.4, arch: amd64}", 35,
            "platform.version: expected a version such as v1.31.4+k3s1, or a channel (stable, latest, testing, v#.#), "
                + "found \"v1.31.4\"", nil
        ),
        (
            "{profile: k3s, version: stable, arch: s390x}", 49,
            "platform.arch: expected one of amd64, arm64, found \"s390x\"", nil
        ),
        (
            "{profile: k3s, version: stable, arch: amd64, hardware: toaster}", 66,
            "platform.hardware: expected one of edge-node, found \"toaster\"", nil
        ),
        ("{profile: k3s, version: stable}", 11, "platform: the key \"arch\" is missing", "add `arch: …`"),
    ])
    func `asks for a platform that there is`(platform: String, column: Int, message: String, next: String?) throws {
        let text = "name: a\nversion: \"1\"\nplatform: \(platform)\n"
        let found = try diagnostic { () throws(DefinitionError) in
            try Definition.parse(Array(text.utf8), path: "site/line7.yaml")
        }
        #expect(found.message == message)
        #expect(found.location?.line == 3)
        #expect(found.location?.column == column)
        if let next { #expect(found.next == next) }
    }

    @Test(arguments: [
        (
            "manifests: [a.yaml]", 5, 1,
            "the file: cannot take the key \"manifests\": only first-server applies them, which is not among the roles offered"
        ),
        (
            "files: [{path: /a, content: x, roles: [server]}]", 5, 40,
            "files[0].roles[0]: expected one of agent, found \"server\""
        ),
        ("role-config: {server: {}}", 5, 15, "role-config: unknown key \"server\""),
    ])
    func `nothing is for roles that are not offered`(more: String, line: Int, column: Int, message: String) throws {
        let found = try diagnostic { () throws(DefinitionError) in try definition("roles: [agent]\n" + more) }
        #expect(found.message == message)
        #expect(found.location?.description == "site/line7.yaml:\(line):\(column)")
    }

    @Test func `two files in one place are refused`() throws {
        let found = try diagnostic { () throws(DefinitionError) in
            let definition = try definition("files: [{path: /etc/systemd/system/k3s.service, content: x}]")
            guard let release = definition.profile.release(Version("v1.31.4+k3s1"), .amd64) else {
                fatalError("no release")
            }
            return try Layout(definition, release)
        }
        #expect(found.message == "two files would be laid as \"/etc/systemd/system/k3s.service\"")
        #expect(found.location?.description == "site/line7.yaml:4:9")
    }

    @Test func `two roles may have different files in one place`() throws {
        let layout = try layout(
            """
            files:
              - {path: /etc/a, content: x, roles: [agent]}
              - {path: /etc/a, content: y, roles: [server, first-server]}
            """)
        #expect(layout.entry("/etc/a", "agent")?.path.text == "roles/agent/etc/a")
        #expect(layout.entry("/etc/a", "server")?.path.text == "roles/first-server/etc/a")
    }

    @Test func `the example beside the sources is read`() throws {
        let folder = FilePath(String(#filePath)).parent.parent.parent
        let definition = try Definition.load(folder.appending("bundles/line7.yaml"))
        #expect(definition.name.description == "line7")
        let release = try #require(definition.profile.release(Version("v1.31.4+k3s1"), .amd64))
        let entry = try Layout(definition, release).entry(
            "/var/lib/rancher/k3s/server/manifests/plc-bridge.yaml", "first-server")
        #expect(entry?.roles == RoleScope(["first-server"]))
    }
}

struct MessageTests {
    @Test func `an error reads as a person needs it`() throws {
        let text = definitionText("config: {disabel: [traefik]}")
        let found = try diagnostic { () throws(DefinitionError) in
            try Definition.parse(Array(text.utf8), path: "line7.yaml")
        }
        let lines = found.lines(program: "sealift")
        #expect(lines[0] == "sealift: error: line7.yaml:4:10: config: unknown key \"disabel\"")
        #expect(lines.contains { $0.hasSuffix("config: {disabel: [traefik]}") })
        #expect(lines.contains { $0.hasSuffix("         ^") })
        #expect(lines.contains("sealift:   next: did you mean \"disable\"?"))
    }
}
