import Definition
import Format
import Testing
import Values

struct K3sLayoutTests {
    /// Destination, mode (or the link's target), and what it is, for each role.
    private static let everywhere: [(String, String, String)] = [
        ("/etc/rancher", "0755", "directory"), ("/etc/rancher/k3s", "0755", "directory"),
        ("/etc/rancher/k3s/config.yaml.d", "0755", "directory"),
        ("/etc/rancher/k3s/config.yaml.d/00-sealift.yaml", "0600", "template"),
        ("/usr/local/bin/crictl", "k3s", "link"), ("/usr/local/bin/ctr", "k3s", "link"),
        ("/usr/local/bin/k3s", "0755", "artefact binary"), ("/usr/local/bin/k3s-killall.sh", "0755", "file"),
        ("/usr/local/bin/kubectl", "k3s", "link"), ("/var/lib/rancher", "0755", "directory"),
        ("/var/lib/rancher/k3s", "0755", "directory"), ("/var/lib/rancher/k3s/agent", "0755", "directory"),
        ("/var/lib/rancher/k3s/agent/images", "0755", "directory"),
        ("/var/lib/rancher/k3s/agent/images/sealift-images.tar", "0644", "images"),
    ]
    private static let servers: [(String, String, String)] = [
        ("/etc/systemd/system/k3s.service", "0644", "file"),
        ("/etc/systemd/system/k3s.service.env", "0600", "template"),
        ("/var/lib/rancher/k3s/server", "0700", "directory"),
    ]
    private static let firstServer = [("/var/lib/rancher/k3s/server/manifests", "0700", "directory")]
    private static let agent: [(String, String, String)] = [
        ("/etc/systemd/system/k3s-agent.service", "0644", "file"),
        ("/etc/systemd/system/k3s-agent.service.env", "0600", "template"),
    ]

    @Test(arguments: [
        ("first-server", everywhere + servers + firstServer), ("server", everywhere + servers),
        ("agent", everywhere + agent),
    ])
    func `each role gets its paths, modes and owners`(role: String, expected: [(String, String, String)]) throws {
        let entries = try layout().entries.filter { $0.roles.includes(role) }
        let found = entries.map { "/\($0.destination) \(describe($0.kind))" }.sorted()
        #expect(found == expected.map { "\($0.0) \($0.1) \($0.2)" }.sorted())
    }

    private func describe(_ kind: LaidEntry.Kind) -> String {
        switch kind {
        case .directory(let permissions): permissions.owner == .root ? "\(permissions.mode) directory" : "not root's"
        case .link(let target): "\(target) link"
        case .file(let permissions, .artefact(let name)): "\(permissions.mode) artefact \(name)"
        case .file(let permissions, .images): "\(permissions.mode) images"
        case .file(let permissions, _): permissions.owner == .root ? "\(permissions.mode) file" : "not root's"
        case .template(let permissions, _, _):
            permissions.owner == .root ? "\(permissions.mode) template" : "not root's"
        }
    }

    @Test func `what differs between roles is stored below their names`() throws {
        let layout = try layout()
        let variants = layout.entries.filter { $0.destination.text == "etc/systemd/system/k3s.service.env" }
        #expect(
            variants.map(\.path.text) == [
                "roles/first-server/etc/systemd/system/k3s.service.env",
                "roles/server/etc/systemd/system/k3s.service.env",
            ])
        #expect(variants.map(\.roles) == [RoleScope(["first-server"]), RoleScope(["server"])])
        #expect(layout.entries.map(\.path) == layout.entries.map(\.path).sorted())
    }

    @Test func `entries make a manifest that its reader takes`() throws {
        let layout = try layout()
        let names = Set(layout.variables.map(\.name))
        for entry in layout.entries {
            guard case .template(_, .bytes(let bytes), let format) = entry.kind else { continue }
            #expect(names.isSuperset(of: try Template(bytes, format: format).variables))
        }
    }

    @Test(arguments: [
        ("first-server", "k3s.service", "ExecStart=/usr/local/bin/k3s server"),
        ("server", "k3s.service", "ExecStart=/usr/local/bin/k3s server"),
        ("agent", "k3s-agent.service", "ExecStart=/usr/local/bin/k3s agent"),
    ])
    func `units have the essentials`(role: String, unit: String, start: String) throws {
        let text = try #require(try layout().text("/etc/systemd/system/\(unit)", role))
        let lines = text.split(separator: "\n").map(String.init)
        let essentials = [
            "Wants=network-online.target", "After=network-online.target", "Type=notify",
            "EnvironmentFile=-/etc/default/%N",
            "EnvironmentFile=-/etc/sysconfig/%N", "EnvironmentFile=-/etc/systemd/system/\(unit).env",
            "KillMode=process",
            "Delegate=yes", "User=root", "LimitNOFILE=1048576", "LimitNPROC=infinity", "LimitCORE=infinity",
            "TasksMax=infinity", "TimeoutStartSec=0", "Restart=always", "RestartSec=5s",
            "ExecStartPre=-/sbin/modprobe br_netfilter", "ExecStartPre=-/sbin/modprobe overlay", start,
            "WantedBy=multi-user.target",
        ]
        for line in essentials { #expect(lines.contains(line), "\(line)") }
        let steps = try layout().steps.filter { $0.roles.includes(role) }
        #expect(
            steps.map(\.action) == [
                .label(path: "/usr/local/bin/k3s"), .unit(name: unit, enable: true, start: true, timeout: 1_800),
            ])
    }

    @Test(arguments: [
        ("first-server", "k3s", "K3S_TOKEN=\"t\\$\"\n"),
        ("server", "k3s", "K3S_TOKEN=\"t\\$\"\nK3S_URL=\"https://a:6443\"\n"),
        ("agent", "k3s-agent", "K3S_TOKEN=\"t\\$\"\nK3S_URL=\"https://a:6443\"\n"),
    ])
    func `join values are templates`(role: String, unit: String, expected: String) throws {
        let text = try #require(try layout().text("/etc/systemd/system/\(unit).service.env", role))
        let bytes = try Template(Array(text.utf8), format: .env).rendered { name in
            name == "K3S_TOKEN" ? (.secret, "t$") : name == "K3S_URL" ? (.httpsURL, "https://a:6443") : nil
        }
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func `the drop-in holds what the role knows`() throws {
        let config = """
            config:
              disable: [traefik, servicelb]
              cluster-init: true
              node-label: ["line=7", "price=$5"]
              write-kubeconfig-mode: 0640
              etcd-snapshot-retention: 9
            role-config:
              agent:
                node-label+: [worker=yes]
            """
        let layout = try layout(config)
        let path = "/etc/rancher/k3s/config.yaml.d/00-sealift.yaml"
        let heading = "# Laid by sealift. The next bundle replaces this file; put settings of this site elsewhere.\n"
        #expect(
            layout.text(path, "first-server") == heading + """
                node-ip: ${NODE_IP}
                disable:
                  - traefik
                  - servicelb
                cluster-init: true
                node-label:
                  - line=7
                  - "price=$$5"
                write-kubeconfig-mode: "0640"
                etcd-snapshot-retention: 9

                """)
        #expect(layout.text(path, "server")?.contains("cluster-init") == false)
        #expect(layout.text(path, "server")?.contains("disable") == true)
        #expect(
            layout.text(path, "agent") == heading + """
                node-ip: ${NODE_IP}
                node-label:
                  - line=7
                  - "price=$$5"
                node-label+:
                  - worker=yes

                """)
    }

    @Test func `a node without an address given has none written`() throws {
        let text = try #require(try layout().text("/etc/rancher/k3s/config.yaml.d/00-sealift.yaml", "agent"))
        let template = try Template(Array(text.utf8), format: .yaml)
        #expect(String(decoding: template.rendered { _ in nil }, as: UTF8.self).hasSuffix("elsewhere.\n"))
        let rendered = String(decoding: template.rendered { _ in (.ip, "10.0.0.7") }, as: UTF8.self)
        #expect(rendered.hasSuffix("node-ip: \"10.0.0.7\"\n"))
    }

    @Test func `registries are written for all roles, secrets from variables`() throws {
        let layout = try layout(
            """
            registries:
              mirrors: {docker.io: {endpoint: ["https://registry.site:5000"]}}
              configs:
                registry.site:5000:
                  auth: {username: edge, password: "${REGISTRY_PASSWORD}"}
            variables: {REGISTRY_PASSWORD: {type: secret, ask: password of the site's registry}}
            """)
        let entry = try #require(layout.entry("/etc/rancher/k3s/registries.yaml", "agent"))
        #expect(entry.roles == .all)
        guard case .template(let permissions, _, format: .yaml) = entry.kind else {
            Issue.record("no template"); return
        }
        #expect(permissions == Permissions(mode: .secret))
        #expect(
            layout.text("/etc/rancher/k3s/registries.yaml", "agent")?.contains("password: ${REGISTRY_PASSWORD}") == true
        )
        #expect(layout.variables.contains { $0.name == "REGISTRY_PASSWORD" && $0.type == .secret })
    }

    @Test func `the vendor's archive is laid where it is asked for`() throws {
        let path = "/var/lib/rancher/k3s/agent/images/k3s-airgap-images.tar.zst"
        #expect(try layout().entry(path, "agent") == nil)
        let entry = try layout("image-source: vendor-archive").entry(path, "agent")
        #expect(entry?.kind == .file(Permissions(mode: .file), .artefact("image-archive")))
    }

    @Test func `only the roles asked for are laid`() throws {
        let layout = try layout("roles: [first-server]")
        #expect(layout.roles.map(\.name) == ["first-server"])
        #expect(layout.entries.allSatisfy { $0.roles == .all && !$0.path.text.hasPrefix("roles/") })
        #expect(layout.entry("/etc/systemd/system/k3s-agent.service", "first-server") == nil)
        #expect(layout.steps.allSatisfy { $0.roles == .all })
        #expect(layout.variables.map(\.name).sorted() == ["K3S_AGENT_TOKEN", "K3S_TOKEN", "NODE_IP"])
    }
}
