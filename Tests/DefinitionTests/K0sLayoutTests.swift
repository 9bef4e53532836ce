import Definition
import Format
import Posix
import Reporting
import Testing
import Values

struct K0sLayoutTests {
    private func unit(_ role: String, version: String = "v1.36.3+k0s.2") throws -> (name: String, lines: [String]) {
        let name = role == "worker" ? "k0sworker.service" : "k0scontroller.service"
        let layout = try k0sLayout(version: version)
        let actions = layout.steps.filter { $0.roles.includes(role) }.map(\.action)
        #expect(actions.contains(.unit(name: name, enable: true, start: true, timeout: 120)))
        let text = try #require(layout.text("/etc/systemd/system/\(name)", role))
        return (name, text.split(separator: "\n").map(String.init))
    }

    private static let controller =
        "controller --config=/etc/k0s/k0s.yaml --disable-components=autopilot,update-prober"

    @Test(arguments: [
        ("single", controller + " --single=true"), ("first-controller", controller),
        ("first-controller-worker", controller + " --enable-worker=true --no-taints=true"),
        ("controller", controller + " --token-file=/etc/k0s/join-token"),
        (
            "controller-worker",
            controller + " --enable-worker=true --no-taints=true --token-file=/etc/k0s/join-token"
        ),
        ("worker", "worker --token-file=/etc/k0s/join-token"),
    ])
    func `units are those of k0s install`(role: String, arguments: String) throws {
        let lines = try unit(role).lines
        #expect(
            lines == [
                "[Unit]", "Description=k0s - Zero Friction Kubernetes", "Documentation=https://docs.k0sproject.io",
                "ConditionFileIsExecutable=/usr/local/bin/k0s", "After=network-online.target",
                "Wants=network-online.target", "[Service]", "StartLimitInterval=5", "StartLimitBurst=10",
                "ExecStart=/usr/local/bin/k0s \(arguments)", "RestartSec=10", "Delegate=yes", "KillMode=process",
                "LimitCORE=infinity", "TasksMax=infinity", "TimeoutStartSec=0", "LimitNOFILE=999999", "Restart=always",
                "[Install]", "WantedBy=multi-user.target",
            ])
    }

    @Test(arguments: [
        ("v1.36.3+k0s.2", true), ("v1.35.0+k0s.0", true), ("v1.34.2+k0s.0", true), ("v1.34.1+k0s.1", false),
        ("v1.33.6+k0s.0", true), ("v1.33.5+k0s.0", false), ("v1.32.10+k0s.0", true), ("v1.32.9+k0s.0", false),
        ("v1.31.2+k0s.0", false),
    ])
    func `a component is disabled only where k0s knows it`(version: String, isKnown: Bool) throws {
        let lines = try unit("single", version: version).lines
        #expect(lines.contains { $0.contains("update-prober") } == isKnown)
        #expect(lines.contains("Environment=\"K0S_UPDATE_CHECK_INTERVAL=876000h\"") == !isKnown)
        #expect(lines.contains { $0.contains("--disable-components=autopilot") })
    }

    @Test(arguments: ["controller", "controller-worker", "worker"])
    func `a token is a file of its own`(role: String) throws {
        let entry = try #require(try k0sLayout().entry("/etc/k0s/join-token", role))
        guard case .template(Permissions(mode: .secret), .bytes(let bytes), format: .plain) = entry.kind else {
            Issue.record("\(entry.kind)"); return
        }
        let text = try Template(bytes, format: .plain).rendered { _ in (.token, "H4sI/x+=") }
        #expect(String(decoding: text, as: UTF8.self) == "H4sI/x+=\n")
    }

    private static let heading =
        "# Laid by sealift. The next bundle replaces this file; put settings of this site elsewhere.\n"
    private static let usual = """
        apiVersion: k0s.k0sproject.io/v1beta1
        kind: ClusterConfig
        metadata:
          name: k0s
        spec:
          api:
            address: ${NODE_IP}
            port: 6443

        """

    @Test func `the configuration of one machine`() throws {
        #expect(
            try k0sLayout().text("/etc/k0s/k0s.yaml", "single") == Self.heading + Self.usual + """
                  images:
                    default_pull_policy: Never
                  telemetry:
                    enabled: false

                """)
        #expect(try k0sLayout().entry("/etc/k0s/k0s.yaml", "worker") == nil)
    }

    @Test func `what a definition sets goes before, at any depth, and only to roles that know it`() throws {
        let config = """
            config:
              spec:
                api: {port: 7443, sans: [k0s.plant, "${NODE_IP}"]}
                network:
                  provider: calico
                  calico: {mode: vxlan, envVars: {A.B: "$1"}}
                  nodeLocalLoadBalancing: {enabled: true}
                images: {default_pull_policy: IfNotPresent}
            role-config:
              controller: {spec: {api: {externalAddress: 10.0.0.9}}}
            """
        let layout = try k0sLayout(config)
        let network = """
              network:
                provider: calico
                calico:
                  mode: vxlan
                  envVars:
                    A.B: "$$1"

            """
        let single = try #require(layout.text("/etc/k0s/k0s.yaml", "single"))
        #expect(
            single == Self.heading + Self.usual.replacing("6443", with: "7443") + """
                    sans:
                      - k0s.plant
                      - ${NODE_IP}
                  images:
                    default_pull_policy: IfNotPresent
                  telemetry:
                    enabled: false

                """ + network)
        let controller = try #require(layout.text("/etc/k0s/k0s.yaml", "controller"))
        #expect(controller.contains("    nodeLocalLoadBalancing:\n      enabled: true\n"))
        #expect(controller.contains("    externalAddress: \"10.0.0.9\"\n"))
        #expect(controller.contains("  storage:\n    type: etcd\n    etcd:\n      peerAddress: ${NODE_IP}\n"))
        #expect(layout.text("/etc/k0s/k0s.yaml", "first-controller")?.contains("externalAddress") == false)
    }

    @Test(arguments: [
        ("config: {spec: {apii: {}}}", "config.spec: unknown key \"apii\"", "did you mean \"api\"?"),
        (
            "config: {spec: {api: {adress: 1.2.3.4}}}", "config.spec.api: unknown key \"adress\"",
            "did you mean \"address\"?"
        ),
        ("config: {spec.api: {port: 1}}", "config: unknown key \"spec.api\"", nil),
        ("config: {spec: {api.port: 1}}", "config.spec: unknown key \"api.port\"", nil),
        ("config: {spec: {api: 5}}", "config.spec.api: expected a map of `key: value`, found the number 5", nil),
        ("config: {spec: {api: {port: high}}}", "config.spec.api.port: expected a whole number, found \"high\"", nil),
        ("config: {spec: {api: {sans+: [a]}}}", "config.spec.api: unknown key \"sans+\"", nil),
        (
            "config: {kind: Pod}", "config: cannot take the key \"kind\": the profile sets it", nil
        ),
        (
            "config: {spec: {images: {repository: a}}}",
            """
            config.spec.images: cannot take the key \"repository\": the bundle carries the images under their own names, which this \
            would change
            """, nil
        ),
        (
            "config: {spec: {storage: {kine: {dataSource: mysql}}}}",
            """
            config.spec.storage.kine.dataSource: expected ${NAME} of a variable of type secret: a bundle carries no secrets, found \
            "mysql"
            """, nil
        ),
        (
            "role-config: {worker: {spec: {api: {port: 1}}}}",
            """
            role-config.worker.spec.api: cannot take the key "port": it is for controller, controller-worker, first-controller, \
            first-controller-worker, single
            """, nil
        ),
        (
            "role-config: {single: {spec: {network: {nodeLocalLoadBalancing: {}}}}}",
            """
            role-config.single.spec.network: cannot take the key "nodeLocalLoadBalancing": it is for controller, controller-worker, \
            first-controller, first-controller-worker
            """, nil
        ),
    ])
    func `refuses`(more: String, message: String, next: String?) throws {
        let found = try diagnostic { () throws(DefinitionError) in
            try Definition.parse(
                Array(definitionText(more, version: "v1.36.3+k0s.2", profile: "k0s").utf8), path: "line7.yaml")
        }
        #expect(found.message == message)
        if let next { #expect(found.next == next) }
        #expect(found.exitCode == .usage)
    }

    @Test func `k3s still appends where it may`() throws {
        #expect(throws: Never.self) { try definition("role-config: {agent: {node-label+: [a=b]}}") }
        #expect(throws: DefinitionError.self) { try definition("registries: {mirrors+: {}}") }
    }
}
