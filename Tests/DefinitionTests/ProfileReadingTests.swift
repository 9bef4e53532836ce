import Definition
import Format
import LibYAML
import Posix
import Reporting
import Testing
import Values

/// A whole profile in few lines.
private let small = """
    profile: tiny
    title: Tiny
    summary: a platform of one file
    homepage: https://example.org
    architectures: {amd64: {word: x86}}
    versions: {exact: ["#.#"], example: "1.2"}
    channels: [{kind: text, url: "https://example.org/${channel}.txt", names: [stable]}]
    roles: [{name: node, summary: the only one}]
    artefacts: [{name: tiny, url: "https://example.org/${version.bare}/${arch.word}", path: /opt/tiny}]

    """

private func parse(_ text: String) throws(DefinitionError) -> Profile {
    do throws(YAMLError) { return try Profile(YAMLDocument.parse(Array(text.utf8), file: "tiny.yaml")) } catch {
        throw .yaml(error)
    }
}

struct ProfileReadingTests {
    @Test func `a profile of nine lines is one`() throws {
        let profile = try parse(small)
        let release = try #require(profile.release(Version("1.2"), .amd64))
        #expect(release.artefacts.map(\.url) == ["https://example.org/1.2/x86"])
        #expect(profile.release(Version("1.2"), .arm64) == nil)
        #expect(profile.channelSource("stable")?.url == "https://example.org/stable.txt")
        #expect(release.imageFolder == nil)
    }

    @Test(arguments: [
        ("title: Tiny\n", "", "the file: the key \"title\" is missing"),
        ("${arch.word}", "${arch.words}", nil), ("${arch.word}", "$arch", nil), ("${arch.word}", "${arch", nil),
        ("https://example.org/${version", "ftp://example.org/${version", nil), ("kind: text", "kind: html", nil),
        ("{amd64: {word: x86}}", "{}", nil), ("{amd64: {word: x86}}", "{amd64: {word: x86}, arm64: {}}", nil),
        ("{amd64: {word: x86}}", "{mips: {word: x86}}", "architectures: unknown key \"mips\""),
        ("example: \"1.2\"", "example: \"1\"", nil), ("exact: [\"#.#\"]", "exact: [\"##\"]", nil),
        ("[{name: node, summary: the only one}]", "[]", nil), ("{name: node,", "{name: Node,", nil),
        ("[{name: node, summary: the only one}]", "[{name: a, summary: b}, {name: a, summary: c}]", nil),
        ("path: /opt/tiny", "path: opt/tiny", nil), ("path: /opt/tiny", "path: /opt/tiny, roles: [king]", nil),
        ("path: /opt/tiny", "path: /opt/tiny, versions: 1.2", nil),
        ("path: /opt/tiny", "path: /opt/tiny, mode: 0o755", nil),
        ("path: /opt/tiny", "path: /opt/tiny, owner: root", nil),
        ("roles:", "modules: [{name: a b}]\nroles:", nil), ("roles:", "modules: [{name: -r}]\nroles:", nil),
        ("roles:", "sysctls: [{key: a, value: \"1\\n2\"}]\nroles:", nil), ("roles:", "waits: [{run: []}]\nroles:", nil),
        ("roles:", "users: [{name: 0a}]\nroles:", nil), ("roles:", "links: [{path: /a, target: ../../b}]\nroles:", nil),
        ("roles:", "labels: [{path: a}]\nroles:", nil),
        (
            "roles:", "files: [{path: /a, content: \"${X}\", template: env}]\nroles:",
            "/a: expected no variables, for none is declared, found ${X}"
        ),
        ("roles:", "images: {folders: [{path: /a, archive: a.tgz, names: tagged}]}\nroles:", nil),
        ("roles:", "config: {path: /a, keys: [{text: [a]}, {list: [a]}]}\nroles:", nil),
        ("roles:", "config: {path: /a, format: env, keys: []}\nroles:", nil),
        ("roles:", "config: {path: /a, keys: [{text: [a]}], presets: [{key: b, value: c}]}\nroles:", nil),
        ("roles:", "config: {path: /a, keys: [{text: [a..b]}]}\nroles:", nil),
        (
            "roles:", "config: {path: /a, keys: [{text: [b.c, a]}, {map: [b]}]}\nroles:",
            "config.keys: expected no key \"b.c\" beside \"b\", which holds it, found a list"
        ),
        ("{name: node,", "{name: node, words: [a],", nil),
        (
            "summary: the only one}", "summary: b, words: {w: x}}, {name: c, summary: d}",
            "roles[1]: expected the same words for each role: w, found a map"
        ),
        (
            "roles:", "files: [{path: /a, words: true, content: \"${role.w}\"}]\nroles:",
            """
            files[0].content: expected one of ${arch}, ${arch.word}, ${version}, ${version.bare}, ${version.encoded}, \
            ${version.line}, ${version.tag}, found ${role.w}
            """
        ),
        ("roles:", "files: [{path: /a, words: true, template: env, content: a}]\nroles:", nil),
        ("roles:", "requirements: [{id: A, kind: cores, minimum: 1, severity: fail, reason: x}]\nroles:", nil),
        ("roles:", "requirements: [{id: a, kind: cores, minimum: 0, severity: fail, reason: x}]\nroles:", nil),
        ("roles:", "requirements: [{id: a, kind: memory, minimum: 1 XB, severity: fail, reason: x}]\nroles:", nil),
        ("roles:", "requirements: [{id: a, kind: port, ports: [99999/tcp], severity: fail, reason: x}]\nroles:", nil),
        (
            "roles:",
            "requirements: [{id: a, kind: route-overlap, networks: [10.0.0.1/8], severity: fail, reason: x}]\nroles:",
            nil
        ),
        ("roles:", "requirements: [{id: a, kind: cores, minimum: 1, severity: maybe, reason: x}]\nroles:", nil),
    ])
    func `refuses`(part: String, replacement: String, message: String?) throws {
        let range = try #require(small.firstRange(of: part))
        let broken = small[..<range.lowerBound] + replacement + small[range.upperBound...]
        let found = try diagnostic { () throws(DefinitionError) in try parse(String(broken)) }
        if let message { #expect(found.message == message) }
        #expect(found.location?.file == "tiny.yaml")
        #expect(found.next?.isEmpty == false)
        #expect(found.exitCode == .usage)
    }

    @Test func `a content with words of roles is made once for the roles that have the same`() throws {
        let roles = """
            [{name: a, summary: s, words: {w: " -x"}}, {name: b, summary: s, words: {w: ""}}, {name: c, summary: s, words: {w: ""}}]
            """
        let text = small.replacing("[{name: node, summary: the only one}]", with: roles)
        let profile = try parse(
            text
                + "files: [{path: /a, words: true, content: \"run${role.w} ${version.line} ${arch.word}\", roles: [a, b, c]}]\n"
        )
        let items = try #require(profile.release(Version("1.2"), .amd64)).items
        #expect(items.map(\.roles) == [RoleScope(["a"]), RoleScope(["b", "c"])])
        let contents = items.map { item in
            if case .file(_, let bytes, nil) = item.kind { String(decoding: bytes, as: UTF8.self) } else { "" }
        }
        #expect(contents == ["run -x 1.2 x86", "run 1.2 x86"])
    }

    @Test func `every kind of requirement and step can be written`() throws {
        let profile = try parse(
            small + """
                modules: [{name: overlay}]
                sysctls: [{key: vm.swappiness, value: 10, roles: [node]}]
                labels: [{path: /opt}]
                units: [{name: a.service, enable: false, start: false, timeout: 5}]
                commands: [{run: [snap, ack, a.assert], undo: [snap, remove, a]}]
                waits: [{run: ["true"], timeout: 3}]
                users: [{name: etcd, home: /var/lib/etcd, shell: /bin/false}]
                requirements:
                  - {id: a, kind: cores, minimum: 2, severity: fail, reason: r, source: s, fix: f}
                  - {id: b, kind: memory, minimum: 1 GiB, severity: warn, reason: r}
                  - {id: c, kind: disk, path: /srv, minimum: 1 GB, severity: warn, reason: r}
                  - {id: d, kind: kernel, minimum: 5.10, severity: warn, reason: r}
                  - {id: e, kind: kernel-config, options: [MEMCG], severity: warn, reason: r}
                  - {id: f, kind: kernel-module, modules: [br_netfilter], severity: warn, reason: r}
                  - {id: g, kind: cgroup, v2: [cpu], v1: [memory], severity: warn, reason: r}
                  - {id: h, kind: port, ports: [80/tcp, 2379-2380/tcp], severity: warn, reason: r}
                  - {id: i, kind: default-route, severity: warn, reason: r}
                  - {id: j, kind: route-overlap, networks: [10.0.0.0/8], severity: warn, reason: r}
                  - {id: k, kind: path-absent, paths: [/a], severity: warn, reason: r}
                  - {id: l, kind: program, programs: [mount], severity: warn, reason: r}
                  - {id: m, kind: systemd, minimum: 219, severity: warn, reason: r}
                  - {id: n, kind: host-name, severity: warn, reason: r}
                  - {id: o, kind: sysctl, key: fs.inotify.max_user_instances, minimum: 1024, severity: warn, reason: r}
                  - {id: p, kind: swap-off, severity: warn, reason: r}
                  - {id: q, kind: selinux, paths: [/p], severity: warn, reason: r}
                """)
        let release = try #require(profile.release(Version("1.2"), .amd64))
        #expect(
            release.steps.map(\.action) == [
                .module(name: "overlay"), .sysctl(key: "vm.swappiness", value: "10"), .label(path: "/opt"),
                .unit(name: "a.service", enable: false, start: false, timeout: 5),
                .command(run: ["snap", "ack", "a.assert"], undo: ["snap", "remove", "a"], timeout: 120),
                .wait(run: ["true"], timeout: 3),
            ])
        #expect(release.users == [SystemUser(name: "etcd", home: "/var/lib/etcd", shell: "/bin/false")])
        let rules: [Requirement.Rule] = [
            .cores(minimum: 2), .memory(minimum: .gibibytes(1)), .disk(path: "/srv", minimum: 1_000_000_000),
            .kernel(minimum: Version("5.10")), .kernelConfig(options: ["MEMCG"]),
            .kernelModule(modules: ["br_netfilter"]),
            .cgroup(v2: ["cpu"], v1: ["memory"]), .port(["80/tcp", "2379-2380/tcp"].compactMap { PortRange($0) }),
            .defaultRoute, .routeOverlap(networks: ["10.0.0.0/8"]), .pathAbsent(["/a"]), .program(["mount"]),
            .systemd(minimum: 219), .hostName, .sysctl(key: "fs.inotify.max_user_instances", minimum: 1_024), .swapOff,
            .selinux(policy: ["/p"]),
        ]
        #expect(release.requirements.map(\.rule) == rules)
        #expect(release.requirements[0].reason == "r (s)")
        #expect(release.requirements[0].fix == "f")
    }

    @Test func `modules and kernel parameters last beyond a boot`() throws {
        try withFolder { folder in
            let more = "modules: [{name: overlay}]\nsysctls: [{key: vm.swappiness, value: 10}]\n"
            try Files.replace(folder.appending("tiny.yaml"), with: Array((small + more).utf8))
            let text = "name: a\nversion: \"1\"\nplatform: {profile: tiny, version: \"1.2\", arch: amd64}\n"
            let definition = try Definition.parse(Array(text.utf8), path: "a.yaml", profiles: [folder])
            let release = try #require(definition.profile.release(Version("1.2"), .amd64))
            let layout = try Layout(definition, release)
            #expect(layout.text("/etc/modules-load.d/sealift.conf", "node") == "overlay\n")
            #expect(layout.text("/etc/sysctl.d/60-sealift.conf", "node") == "vm.swappiness = 10\n")
        }
    }

    @Test(arguments: [
        (
            "image-source: vendor-archive",
            "image-source: cannot take \"vendor-archive\": the profile knows no archive of its makers"
        ),
        ("images: [nginx]", "the profile has no folder for images at \"1.2\""),
        ("manifests: [a.yaml]", "the file: cannot take the key \"manifests\": the profile has no folder for them"),
        ("config: {a: b}", "the file: cannot take the key \"config\": the profile makes no file of it"),
        ("role-config: {node: {}}", "the file: cannot take the key \"role-config\": the profile makes no file of it"),
    ])
    func `what a platform has no place for is refused`(more: String, message: String) throws {
        try withFolder { folder in
            try Files.replace(folder.appending("tiny.yaml"), with: Array(small.utf8))
            let text = "name: a\nversion: \"1\"\nplatform: {profile: tiny, version: \"1.2\", arch: amd64}\n" + more
            let found = try diagnostic { () throws(DefinitionError) in
                let definition = try Definition.parse(Array(text.utf8), path: "a.yaml", profiles: [folder])
                guard let release = definition.profile.release(Version("1.2"), .amd64) else { fatalError("no release") }
                return try Layout(definition, release)
            }
            #expect(found.message == message)
            #expect(found.location?.line == 4)
        }
    }

    @Test func `a user's folder goes before what is compiled in`() throws {
        try withFolder { folder in
            let own = small.split(separator: "\n").map { $0 == "profile: tiny" ? "profile: k3s" : String($0) }
            try Files.replace(folder.appending("k3s.yaml"), with: Array(own.joined(separator: "\n").utf8))
            try Files.replace(folder.appending("tiny.yaml"), with: Array(small.utf8))
            let library = ProfileLibrary(folders: [folder])
            #expect(try library.names() == (ProfileLibrary().names() + ["tiny"]).sorted())
            #expect(try library.profile(named: "k3s").title == "Tiny")
            #expect(try ProfileLibrary().profile(named: "k3s").title == "K3s")
            try Files.replace(folder.appending("other.yaml"), with: Array(small.utf8))
            #expect(throws: DefinitionError.profileName("tiny", file: folder.appending("other.yaml").text)) {
                try library.profile(named: "other")
            }
        }
    }

    @Test(arguments: ["../k3s", "a/b", "", "K3s", "k3s.yaml"])
    func `a name is no path`(name: String) throws {
        let known = try ProfileLibrary().names()
        #expect(throws: DefinitionError.unknownProfile(name, nil, known: known)) {
            try ProfileLibrary().profile(named: name)
        }
    }
}

struct VersionRangeTests {
    @Test(arguments: [
        ([">=v1.30.2"], "v1.30.2+k3s1", true), ([">=v1.30.2"], "v1.30.1+k3s9", false),
        (["<v1.37"], "v1.37.0+k3s1", false),
        (["<v1.37"], "v1.37.0-rc1+k3s1", true), ([">=v1.29 <v1.30"], "v1.29.15+k3s1", true),
        ([">=v1.29 <v1.30"], "v1.30.0+k3s1", false), ([">=v1.29 <v1.30", ">=v1.31"], "v1.31.0+k3s1", true),
        (["=v1.31.4+k3s1"], "v1.31.4+k3s1", true), (["=v1.31.4+k3s1"], "v1.31.4+k3s2", false),
        ([">v1.31.4+k3s1"], "v1.31.4+k3s10", true), (["<=1.10.868.0"], "1.9.262.0", true),
    ])
    func `bounds hold or not`(texts: [String], version: String, holds: Bool) throws {
        #expect(try #require(VersionRange(texts)).contains(Version(version)) == holds)
    }

    @Test(arguments: [[], [""], ["v1.30"], [">="], [">=x"], [">=v1 <"], [">=v1  <v2"], ["~v1"]])
    func `refuses what is no bound`(texts: [String]) { #expect(VersionRange(texts) == nil) }

    @Test func `reads as it was written`() throws {
        #expect(try #require(VersionRange([">=v1.29 <v1.30", ">=v1.31"])).description == ">=v1.29 <v1.30 or >=v1.31")
        #expect(VersionRange.all.description == "every version")
    }
}

struct ManifestFilesTests {
    private let platform = ManifestFolder(
        destination: MemberPath.sample, permissions: Permissions(mode: .secret), roles: .all,
        suffixes: [".yaml", ".yml"],
        reserved: ["coredns"])

    private func find(_ folder: FilePath, _ names: [String], ask: String = "m") throws(DefinitionError)
        -> [ManifestFile]
    {
        do {
            for name in names {
                let path = folder.appending("m").appending(name)
                try Files.makeDirectories(path.parent)
                try Files.replace(path, with: [])
            }
        } catch { Issue.record("\(error)") }
        let location = Reporting.SourceLocation(file: "a.yaml", line: 1, column: 1)
        return try ManifestFiles.find([LocalPath(text: ask, path: folder.appending(ask), location: location)], platform)
    }

    @Test func `takes folders whole, sorted, without hidden files`() throws {
        try withFolder { folder in
            let files = try find(folder, ["b.yaml", "a.yml", "sub/c.yaml", ".git/config", ".d.yaml"])
            #expect(files.map(\.name) == ["a.yml", "b.yaml", "c.yaml"])
            #expect(files[2].path == folder.appending("m/sub/c.yaml"))
        }
    }

    @Test(arguments: [
        (["a.txt"], "the platform reads only .yaml, .yml"),
        (["a_b.yaml"], "\"a_b\" is no name for what the platform applies"),
        (["A.yaml"], "\"A\" is no name for what the platform applies"),
        (["coredns.yaml"], "the platform has a \"coredns\" of its own and would replace the file"),
    ])
    func `refuses what the platform would not take`(names: [String], reason: String) throws {
        try withFolder { folder in
            let found = try diagnostic { () throws(DefinitionError) in try find(folder, names) }
            #expect(found.message.hasSuffix(": " + reason))
            #expect(found.exitCode == .usage)
        }
    }

    @Test func `refuses two of one name`() throws {
        try withFolder { folder in
            #expect(throws: DefinitionError.self) { try find(folder, ["a.yaml", "sub/a.x.yaml"]) }
        }
    }

    @Test func `says that nothing is there`() throws {
        try withFolder { folder in
            let found = try diagnostic { () throws(DefinitionError) in try find(folder, [], ask: "gone") }
            #expect(found.message.hasSuffix("there is no such file or folder"))
            #expect(found.location?.description == "a.yaml:1:1")
        }
    }
}

extension MemberPath {
    fileprivate static var sample: MemberPath {
        guard let path = try? MemberPath(validating: "var/manifests") else { fatalError("a sample is no path") }
        return path
    }
}
