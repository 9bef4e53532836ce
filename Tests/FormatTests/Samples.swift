import Format
import JSON
import LibCrypto
import Testing
import Values

/// Small values that tests build on.
enum Sample {
    static func path(_ text: String) throws -> MemberPath { try MemberPath(validating: text) }

    static func file(_ path: String, _ bytes: [UInt8], destination: String? = nil, roles: [String] = []) throws -> Entry
    {
        Entry(
            path: try self.path(path), destination: try destination.map(self.path), roles: RoleScope(roles),
            kind: .file(Permissions(mode: .file), content(bytes)))
    }

    static func directory(_ path: String) throws -> Entry {
        Entry(path: try self.path(path), kind: .directory(Permissions(mode: .executable)))
    }

    static func link(_ path: String, to target: String) throws -> Entry {
        Entry(path: try self.path(path), kind: .link(target: target))
    }

    static func content(_ bytes: [UInt8]) -> Content {
        Content(size: ByteCount(bytes.count), digest: SHA256Digest.of(bytes))
    }

    /// A manifest whose stream is cut into chunks of `step` plain bytes, `perVolume` of them in a volume.
    static func manifest(_ entries: [Entry], step: Int = 1_000, perVolume: Int = 2) throws -> Manifest {
        let length = TarLayout(entries: entries).length
        var chunks: [Chunk] = []
        for start in stride(from: 0, to: length, by: step) {
            let plain = Content(size: ByteCount(min(step, length - start)), digest: SHA256Digest.of([1]))
            let stored = Content(size: 10, digest: SHA256Digest.of([2]))
            chunks.append(Chunk(stored: stored, plain: plain, volume: chunks.count / perVolume + 1))
        }
        let volumes = (1...(chunks.last?.volume ?? 1)).map { number in
            Volume(number: number, size: ByteCount(10 * chunks.filter { $0.volume == number }.count))
        }
        return Manifest(
            name: try #require(BundleName("line7")), version: try #require(BundleVersion("2026.11.0")), sequence: 7,
            created: Timestamp(seconds: 1_763_627_400),
            builder: .init(tool: "sealift", version: "0.1.0", zstd: "1.5.4", level: 3),
            target: .init(profile: "k3s", version: Version("v1.31.4+k3s1"), architecture: .amd64),
            roles: [Role(name: "server", summary: "a server"), Role(name: "agent", summary: "an agent")],
            volumes: volumes, chunks: chunks, entries: entries)
    }

    /// A manifest that uses every kind of everything.
    static func everything() throws -> Manifest {
        let template = Entry(
            path: try path("roles/agent/etc/k3s.env"), destination: try path("etc/k3s.env"),
            roles: RoleScope(["agent"]),
            kind: .template(
                Permissions(mode: .secret), content(Array("A=${TOKEN}\n".utf8)), format: .env, variables: ["TOKEN"]))
        var manifest = try manifest([
            directory("etc"), file("etc/hostname", Array("ab\n".utf8)),
            link("etc/localtime", to: "/usr/share/zoneinfo/UTC"),
            template, file("var/images.tar", [UInt8](repeating: 7, count: 3_000)),
        ])
        manifest.expires = Timestamp(seconds: 1_863_627_400)
        manifest.requirements = try rules.enumerated().map { index, rule in
            Requirement(
                id: "rule-\(index)", rule: rule, severity: index.isMultiple(of: 2) ? .fail : .warn, reason: "because",
                fix: index == 3 ? "do this" : nil, roles: index == 4 ? RoleScope(["server"]) : .all)
        }
        manifest.variables = [
            Variable(name: "TOKEN", type: .secret, ask: "the join token", roles: RoleScope(["agent"])),
            Variable(name: "PORT", type: .port, ask: "which port", required: false, defaultValue: "6443"),
        ]
        manifest.users = [SystemUser(name: "etcd", home: "/var/lib/etcd", shell: "/usr/sbin/nologin")]
        manifest.steps = [
            Step(.module(name: "br_netfilter")), Step(.sysctl(key: "net.ipv4.ip_forward", value: "1")),
            Step(.label(path: "/usr/local/bin")),
            Step(.unit(name: "k3s.service", enable: true, start: true, timeout: 300), roles: RoleScope(["server"])),
            Step(
                .snap(
                    SnapInstallation(
                        name: "core22", revision: 12, file: "/opt/core22_12.snap", assertions: "/opt/core22_12.assert",
                        keepsNewer: true, timeout: 600))), Step(.snapOffline),
            Step(.command(run: ["/bin/true"], undo: [], timeout: 5)), Step(.wait(run: ["/bin/true", "x"], timeout: 5)),
        ]
        let digest = SHA256Digest.of([3])
        manifest.images = [
            BundledImage(
                name: "docker.io/library/busybox:1", digest: digest, manifest: digest,
                archive: try path("var/images.tar"))
        ]
        manifest.sources = [
            Source(
                url: "https://a.example/k3s", content: content([4]),
                checksum: .init(url: "https://a.example/sums", digest: digest))
        ]
        manifest.extensions = ["org.example.note": .array([.integer(1), .null])]
        return manifest
    }

    private static var rules: [Requirement.Rule] {
        get throws {
            [
                .cores(minimum: 1), .memory(minimum: .mebibytes(512)), .disk(path: "/var/lib", minimum: .gibibytes(1)),
                .kernel(minimum: Version("4.15")), .kernelConfig(options: ["VETH"]),
                .kernelModule(modules: ["overlay"]),
                .cgroup(v2: ["cpu", "memory"], v1: ["memory"]), .cgroup(v2: ["cpu"], v1: nil),
                .port([try #require(PortRange("6443/tcp")), try #require(PortRange("2379-2380/tcp"))]), .defaultRoute,
                .routeOverlap(networks: ["10.42.0.0/16"]), .pathAbsent(["/etc/rancher/rke2"]), .selinux(policy: ["/p"]),
                .program(["modprobe"]),
                .systemd(minimum: 219), .hostName, .sysctl(key: "kernel.keys.root_maxkeys", minimum: 10_000), .swapOff,
                .snapd(minimum: Version("2.54")),
            ]
        }
    }
}
