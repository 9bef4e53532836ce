import Format
import LibCrypto
import LibYAML
import Posix
import Reporting
import Testing
import Values

@testable import Definition

private func lockedChart(_ name: String, version: String = "1.2.3") -> LockedChart {
    LockedChart(
        name: name, chart: "app", version: version, from: "https://example.org", requested: "*",
        origin: .url("https://example.org/app.tgz"), content: Content(size: 3, digest: .of([1, 2, 3])))
}

private func chartLayout(_ charts: String, profile: String = "k3s", version: String = "v1.31.4+k3s1") throws -> Layout {
    let text = definitionText("charts: [\(charts)]\n", version: version, profile: profile)
    let definition = try Definition.parse(Array(text.utf8), path: "site/line7.yaml")
    let release = try #require(definition.profile.release(Version(version), .amd64))
    return try Layout(
        definition, release, charts: definition.charts.map { lockedChart($0.name, version: "1.2.3+up.1") })
}

struct ChartReadingTests {
    @Test func `charts come from repositories, registries and files`() throws {
        let charts = try definition(
            """
            charts:
              - {chart: podinfo, repo: "https://example.org/charts/", version: 6.5, namespace: apps, create-namespace: true}
              - {chart: "oci://ghcr.io/acme/charts/historian", version: ">=1.2 <2", name: hist, values: [a.yaml, {b: 1}]}
              - {chart: ./charts/gateway-1.0.0-rc.1.tgz}
              - {chart: ./charts/edge}
            """
        ).charts
        #expect(charts.map(\.name) == ["podinfo", "hist", "gateway", "edge"])
        #expect(
            charts.map(\.origin) == [
                "https://example.org/charts", "oci://ghcr.io/acme/charts/historian", "./charts/gateway-1.0.0-rc.1.tgz",
                "./charts/edge",
            ])
        #expect(charts.map(\.versions.description) == ["6.5", ">=1.2 <2", "*", "*"])
        #expect(charts.map(\.namespace) == ["apps", "default", "default", "default"])
        #expect(charts.map(\.createsNamespace) == [true, false, false, false])
        #expect(
            charts.map { $0.localPaths.map(\.path) } == [
                [], ["site/a.yaml"], ["site/charts/gateway-1.0.0-rc.1.tgz"], ["site/charts/edge"],
            ])
    }

    /// What is refused, and what stands in the refusal.
    @Test(arguments: [
        ("{chart: podinfo}", "a `repo` beside it"), ("{chart: 'oci://ghcr.io'}", "oci://ghcr.io/acme/charts/app"),
        ("{chart: 'oci://ghcr.io/a/b:1'}", "its version under `version`"),
        ("{chart: a/b, repo: 'https://x.org'}", "name in its `repo`"),
        ("{chart: a, repo: 'https://x.org', version: newest}", "a version such as"),
        ("{chart: ./A_b}", "`name` beside it"),
        ("{chart: ./a, namespace: A}", "a namespace"), ("{chart: ./a}, {chart: ./b, name: a}", "a is taken"),
        ("{chart: ./traefik}", "a chart traefik of its own"), ("{chart: ./a, sha256: ab}", "64 lower-case"),
        ("{repo: 'https://x.org'}", "chart"), ("{chart: ./a, values: 7}", "text"),
    ])
    func `what is no chart is refused in words`(text: String, part: String) throws {
        let words = try diagnostic { () throws(DefinitionError) in try definition("charts: [\(text)]\n") }
        let all = words.message + words.details.map(\.text).joined() + (words.next ?? "")
        #expect(all.contains(part), "\(all)")
        #expect(words.location?.line == 4)
    }

    @Test func `roles that install no charts are told`() throws {
        let words = try diagnostic { () throws(DefinitionError) in
            try definition("roles: [agent]\ncharts: [{chart: ./a}]\n")
        }
        #expect((words.message + (words.next ?? "")).contains("first-server"))
    }

    @Test func `a lock keeps charts, sorted by release`() throws {
        var lock = Lock(
            definition: .init(name: "a", digest: .of([])), profile: .init(name: "k3s", digest: .of([])),
            version: Version("v1.31.4+k3s1"), requested: "v1.31", architecture: .amd64, created: Timestamp(seconds: 9),
            sequence: 9, artefacts: [], images: [], charts: [lockedChart("b"), lockedChart("a", version: "1.10")])
        let again = try Lock.parse(Array(lock.text.utf8), file: "a.lock")
        #expect(again == lock)
        #expect(again.charts.map(\.name) == ["a", "b"])
        lock.charts = [lockedChart("b", version: "1.3.0")]
        lock.charts[0].content = Content(size: 4, digest: .of([4]))
        #expect(lock.changes(since: again).map(\.description) == ["chart a is gone", "chart b 1.2.3 → 1.3.0"])
    }
}

struct ChartLayoutTests {
    @Test func `K3s gets archive and HelmChart on its first server only`() throws {
        let layout = try chartLayout(
            "{chart: ./app, namespace: apps, create-namespace: true, values: {a: 'yes', b: yes}}")
        let archive = "/var/lib/rancher/k3s/server/static/charts/app-1.2.3_up.1.tgz"
        #expect(layout.entry(archive, "first-server")?.kind == .file(Permissions(mode: .file), .chart("app")))
        #expect(layout.entry(archive, "server") == nil)
        #expect(layout.entry(archive, "agent") == nil)
        let text = layout.text("/var/lib/rancher/k3s/server/manifests/chart-app.yaml", "first-server")
        #expect(
            text == """
                apiVersion: helm.cattle.io/v1
                kind: HelmChart
                metadata:
                  name: app
                  namespace: kube-system
                spec:
                  chart: "https://%{KUBERNETES_API}%/static/charts/app-1.2.3_up.1.tgz"
                  targetNamespace: apps
                  createNamespace: true
                  valuesContent: "a: \\"yes\\"\\nb: yes\\n"

                """)
    }

    @Test func `k0s gets a Chart with the archive's path, and no values where there are none`() throws {
        let layout = try chartLayout("{chart: ./app}", profile: "k0s", version: "v1.34.2+k0s.0")
        let text = layout.text("/var/lib/k0s/manifests/sealift/chart-app.yaml", "first-controller") ?? ""
        #expect(text.contains("chartName: /var/lib/k0s/charts/app-1.2.3_up.1.tgz\n"))
        #expect(text.contains("kind: Chart\n"))
        #expect(!text.contains("values"))
        #expect(layout.entry("/var/lib/k0s/charts/app-1.2.3_up.1.tgz", "controller") != nil)
        #expect(layout.entry("/var/lib/k0s/manifests/sealift/chart-app.yaml", "controller") == nil)
        #expect(layout.entry("/var/lib/k0s/charts/app-1.2.3_up.1.tgz", "worker") == nil)
    }
}

struct ChartValuesTests {
    @Test func `one file stays as it is, several are merged as Helm merges them`() throws {
        try withFolder { folder in
            try Files.replace(folder.appending("a.yaml"), with: Array("# kept\na: {x: 0777, w: on}\nl: [1, 2]\n".utf8))
            try Files.replace(folder.appending("b.yaml"), with: Array("a: {w: 'off', z: null}\nl: [3]\n".utf8))
            func text(_ values: String) throws -> String? {
                let text = definitionText("charts: [{chart: ./app, values: \(values)}]\n")
                let chart = try Definition.parse(Array(text.utf8), path: folder.appending("x.yaml")).charts[0]
                return try ChartValues.text(of: chart)
            }
            #expect(try text("a.yaml") == "# kept\na: {x: 0777, w: on}\nl: [1, 2]\n")
            #expect(try text("[a.yaml, b.yaml, {c: 1}]") == "a:\n  x: 0777\n  w: \"off\"\n  z: null\nl:\n  - 3\nc: 1\n")
            #expect(try text("[]") == nil)
            #expect(throws: DefinitionError.self) { try text("gone.yaml") }
        }
    }
}
