import Definition
import Format
import Testing
import Values

private let controllers = ["single", "first-controller", "first-controller-worker", "controller", "controller-worker"]
private let podRunners = ["single", "first-controller-worker", "controller-worker", "worker"]

struct K0sProfileTests {
    private func release(_ version: String, _ architecture: Architecture = .amd64) throws -> Release {
        let profile = try ProfileLibrary().profile(named: "k0s")
        return try #require(profile.release(Version(version), architecture))
    }

    @Test(arguments: [
        ("v1.36.3+k0s.2", Architecture.amd64, "-linux-amd64.tar", "airgap-images-linux-amd64.txt"),
        ("v1.36.1+k0s.0", .arm64, "-linux-arm64.tar", "airgap-images-linux-arm64.txt"),
        ("v1.35.9+k0s.0", .amd64, "-amd64", "airgap-images-list.txt"),
        ("v1.34.2+k0s.0", .arm64, "-arm64", "airgap-images-list.txt"),
    ])
    func `artefacts are those of the release page`(
        version: String, architecture: Architecture, ending: String, list: String
    ) throws {
        let release = try release(version, architecture)
        let encoded = version.split(separator: "+").joined(separator: "%2B")
        let page = "https://github.com/k0sproject/k0s/releases/download/\(encoded)/"
        func sums(_ name: String) -> ReleaseChecksum { ReleaseChecksum(url: page + "sha256sums.txt", name: name) }
        #expect(release.artefacts.map(\.url) == [page + "k0s-\(encoded)-\(architecture.rawValue)"])
        #expect(release.artefacts[0].checksum == sums("k0s-\(version)-\(architecture.rawValue)"))
        #expect(release.artefacts[0].destination.text == "usr/local/bin/k0s")
        #expect(release.artefacts[0].permissions == Permissions(mode: .executable))
        #expect(release.imageArchive?.url == page + "k0s-airgap-bundle-\(encoded)\(ending)")
        #expect(release.imageArchive?.checksum == sums("k0s-airgap-bundle-\(version)\(ending)"))
        #expect(release.imageList == ReleaseImageList(url: page + list, checksum: sums(list)))
    }

    @Test(arguments: [
        ("v1.36.3+k0s.2", true, false), ("v1.37.0-alpha.1+k0s.0", true, false), ("v1.37.0-rc.1+k0s.0", true, false),
        ("stable", false, true), ("latest", false, true), ("v1.36", false, false), ("v1.36.3", false, false),
        ("v1.36.3+k3s1", false, false), ("v1.36.3+k0s", false, false), ("", false, false),
    ])
    func `a version is exact, a channel or neither`(text: String, isExact: Bool, isChannel: Bool) throws {
        let profile = try ProfileLibrary().profile(named: "k0s")
        #expect(profile.versions.isExact(text) == isExact)
        #expect((profile.channelSource(text)?.url == "https://docs.k0sproject.io/\(text).txt") == isChannel)
    }

    @Test(arguments: [("v1.34.9+k0s.0", true), ("v1.35.0+k0s.0", false), ("v1.36.3+k0s.2", false)])
    func `cgroup v1 is taken before Kubernetes 1.35`(version: String, isTaken: Bool) throws {
        let rule = try release(version).requirements.first { $0.id == "k0s.cgroup" }?.rule
        let v1 = ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "pids"]
        #expect(rule == .cgroup(v2: ["cpu", "cpuset", "memory", "pids"], v1: isTaken ? v1 : nil))
    }

    @Test(arguments: ["v1.32.0+k0s.0", "v1.34.2+k0s.0", "v1.36.3+k0s.2"])
    func `requirements have one name each`(version: String) throws {
        let ids = try release(version).requirements.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    /// Facts of the vendor's page System requirements, and the source documents' own minimum.
    @Test(arguments: [
        ("k0s.cores", controllers + ["worker"], Requirement.Rule.cores(minimum: 1), Requirement.Severity.fail),
        ("k0s.memory", controllers + ["worker"], .memory(minimum: 512_000_000), .fail),
        ("k0s.disk", controllers + ["worker"], .disk(path: "/var/lib/k0s", minimum: 1_000_000_000), .fail),
        ("k0s.memory.controller", controllers, .memory(minimum: 1_000_000_000), .warn),
        (
            "k0s.disk.single", ["single", "first-controller-worker", "controller-worker"],
            .disk(path: "/var/lib/k0s", minimum: 2_000_000_000), .warn
        ),
        ("k0s.disk.worker", ["worker"], .disk(path: "/var/lib/k0s", minimum: 1_600_000_000), .warn),
        ("k0s.route", controllers + ["worker"], .defaultRoute, .warn),
    ])
    func `minimums by role`(
        id: String, roles: [String], rule: Requirement.Rule, severity: Requirement.Severity
    ) throws {
        let found = try k0sLayout().requirements.filter { $0.id == id }
        #expect(found.map(\.rule) == [rule])
        #expect(found.map(\.severity) == [severity])
        #expect((controllers + ["worker"]).filter { found.first?.roles.includes($0) == true } == roles)
    }

    @Test func `only machines that run pods are asked for what pods need`() throws {
        let requirements = try k0sLayout().requirements
        for id in ["k0s.cgroup", "k0s.kernel-config.worker", "k0s.modules", "k0s.ports.worker", "k0s.programs"] {
            let found = try #require(requirements.first { $0.id == id })
            #expect((controllers + ["worker"]).filter { found.roles.includes($0) } == podRunners, "\(id)")
        }
    }

    @Test(
        arguments: [
            ("single", nil, false), ("first-controller", nil, true), ("first-controller-worker", nil, true),
            ("controller", true, true), ("controller-worker", true, true), ("worker", true, nil),
        ] as [(String, Bool?, Bool?)])
    func `join values are asked for by role`(role: String, token: Bool?, address: Bool?) throws {
        let variables = try k0sLayout().variables.filter { $0.roles.includes(role) }
        #expect(variables.first { $0.name == "K0S_TOKEN" }?.required == token)
        #expect(variables.first { $0.name == "NODE_IP" }?.required == address)
        #expect(variables.allSatisfy { $0.name != "K0S_TOKEN" || $0.type == .token })
    }

    @Test(arguments: [
        ("single", ["etcd", "konnectivity-server", "kube-apiserver", "kube-scheduler"]),
        ("controller-worker", ["etcd", "keepalived", "konnectivity-server", "kube-apiserver", "kube-scheduler"]),
        ("worker", []),
    ])
    func `users by role`(role: String, names: [String]) throws {
        let users = try k0sLayout().users.filter { $0.roles.includes(role) }
        #expect(users.map(\.name).sorted() == names)
        #expect(users.allSatisfy { $0.home == "/var/lib/k0s" && $0.shell == "/usr/sbin/nologin" })
    }

    @Test func `edge-node is the machine that it is elsewhere`() throws {
        let (mine, theirs) = (try ProfileLibrary().profile(named: "k0s"), try k3s())
        #expect(mine.hardware.map(\.summary) == theirs.hardware.map(\.summary))
        #expect(
            mine.hardware.map { $0.requirements.map(\.item) } == theirs.hardware.map { $0.requirements.map(\.item) })
    }
}
