import Definition
import Format
import Posix
import Testing
import Values

struct K3sProfileTests {
    private func release(_ version: String, _ architecture: Architecture = .amd64) throws -> Release {
        try #require(try k3s().release(Version(version), architecture))
    }

    @Test(arguments: [
        (Architecture.amd64, "k3s", "sha256sum-amd64.txt", "k3s-airgap-images-amd64.tar.zst"),
        (.arm64, "k3s-arm64", "sha256sum-arm64.txt", "k3s-airgap-images-arm64.tar.zst"),
    ])
    func `artefacts are those of the release page`(
        architecture: Architecture, binary: String, sums: String, archive: String
    ) throws {
        let release = try release("v1.36.2+k3s1", architecture)
        let page = "https://github.com/k3s-io/k3s/releases/download/v1.36.2%2Bk3s1/"
        // The SELinux packages are given by a definition or not at all.
        #expect(release.artefacts.map(\.url) == [page + binary, nil, nil])
        #expect(release.artefacts[0].checksum == ReleaseChecksum(url: page + sums, name: binary, form: .sums))
        #expect(release.artefacts[0].destination.text == "usr/local/bin/k3s")
        #expect(release.artefacts[0].permissions == Permissions(mode: .executable))
        #expect(release.imageArchive?.url == page + archive)
        #expect(release.imageArchive?.checksum == ReleaseChecksum(url: page + sums, name: archive, form: .sums))
        #expect(release.imageList == ReleaseImageList(url: page + "k3s-images.txt", form: .lines, checksum: nil))
    }

    @Test(arguments: [
        ("v1.31.4+k3s1", true, false), ("v1.31.4-rc1+k3s2", true, false), ("v1.31", false, true),
        ("stable", false, true), ("latest", false, true), ("v1.31.4", false, false), ("1.31", false, false),
        ("v1.31.4+k3s1 ", false, false), ("", false, false), ("v1.31.4+rke2r1", false, false),
    ])
    func `a version is exact, a channel or neither`(text: String, isExact: Bool, isChannel: Bool) throws {
        let profile = try k3s()
        #expect(profile.versions.isExact(text) == isExact)
        #expect((profile.channelSource(text) != nil) == isChannel)
    }

    @Test(arguments: [
        ("v1.36.3+k3s1", true), ("v1.37.0+k3s1", true), ("v1.36.2+k3s1", false), ("v1.35.7+k3s1", true),
        ("v1.35.6+k3s1", false), ("v1.34.10+k3s1", true), ("v1.34.9+k3s1", false), ("v1.33.14+k3s1", true),
        ("v1.33.13+k3s1", false), ("v1.32.99+k3s1", false), ("v1.31.4+k3s1", false),
    ])
    func `the import cache is there only where it keeps pins`(version: String, isThere: Bool) throws {
        let entry = try layout(version: version).entry("/var/lib/rancher/k3s/agent/images/.cache.json", "agent")
        #expect(entry?.kind == (isThere ? .file(Permissions(mode: .file), .bytes([])) : nil))
    }

    @Test(arguments: [
        ("v1.30.1+k3s1", false), ("v1.30.2+k3s1", true), ("v1.28.10+k3s1", false), ("v1.36.2+k3s1", true),
    ])
    func `sparse indexes go only where they are taken`(version: String, sparse: Bool) throws {
        let folder = try release(version).imageFolder
        #expect(folder?.sparse == sparse)
        #expect(folder?.archiveDestination.text == "var/lib/rancher/k3s/agent/images/sealift-images.tar")
    }

    @Test(arguments: [("v1.34.9+k3s1", ["memory"]), ("v1.35.0+k3s1", nil)])
    func `cgroup v1 is taken before Kubernetes 1.35`(version: String, controllers: [String]?) throws {
        let rule = try release(version).requirements.first { $0.id == "k3s.cgroup" }?.rule
        #expect(rule == .cgroup(v2: ["cpu", "cpuset", "memory"], v1: controllers))
    }

    @Test(arguments: ["v1.28.0+k3s1", "v1.31.4+k3s1", "v1.36.2+k3s1"])
    func `requirements have one name each`(version: String) throws {
        let ids = try release(version).requirements.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: [
        ("k3s.cores", "server", Requirement.Rule.cores(minimum: 1), Requirement.Severity.fail),
        ("k3s.memory", "agent", .memory(minimum: 512_000_000), .fail),
        ("k3s.disk", "agent", .disk(path: "/var/lib/rancher", minimum: 1_000_000_000), .fail),
        ("k3s.cores.server", "first-server", .cores(minimum: 2), .warn),
        ("k3s.memory.server", "server", .memory(minimum: 2_000_000_000), .warn),
        ("k3s.memory.agent", "agent", .memory(minimum: 512_000_000), .warn),
        ("k3s.route", "agent", .defaultRoute, .fail),
    ])
    func `minimums by role`(id: String, role: String, rule: Requirement.Rule, severity: Requirement.Severity) throws {
        let found = try layout().requirements.filter { $0.id == id && $0.roles.includes(role) }
        #expect(found.map(\.rule) == [rule])
        #expect(found.map(\.severity) == [severity])
    }

    @Test func `the vendor's minimum for servers is none for agents`() throws {
        let ids = try layout().requirements.filter { $0.roles.includes("agent") }.map(\.id)
        #expect(!ids.contains("k3s.cores.server"))
        #expect(!ids.contains("k3s.ports.server"))
        #expect(ids.contains("k3s.ports.agent"))
    }

    @Test(arguments: [
        ("first-server", "K3S_TOKEN", false), ("server", "K3S_TOKEN", true), ("agent", "K3S_TOKEN", true),
        ("first-server", "K3S_URL", nil), ("server", "K3S_URL", true), ("agent", "K3S_URL", true),
        ("first-server", "NODE_IP", false), ("agent", "NODE_IP", false),
    ])
    func `join values are asked for by role`(role: String, name: String, required: Bool?) throws {
        let found = try layout().variables.filter { $0.name == name && $0.roles.includes(role) }
        #expect(found.map(\.required) == (required.map { [$0] } ?? []))
    }

    @Test func `edge-node asks for more`() throws {
        let text = "    \n"
        let plain = try layout(text).requirements.map(\.id)
        #expect(!plain.contains("edge-node.cores"))
        let yaml = """
            name: line7
            version: "1"
            platform: {profile: k3s, version: v1.31.4+k3s1, arch: amd64, hardware: edge-node}
            """
        let definition = try Definition.parse(Array(yaml.utf8), path: "a.yaml")
        let requirements = try Layout(definition, release("v1.31.4+k3s1")).requirements
        #expect(requirements.first { $0.id == "edge-node.cores" }?.rule == .cores(minimum: 4))
        #expect(requirements.first { $0.id == "edge-node.memory" }?.rule == .memory(minimum: 8_000_000_000))
        #expect(requirements.first { $0.id == "edge-node.cores.recommended" }?.severity == .warn)
    }
}
