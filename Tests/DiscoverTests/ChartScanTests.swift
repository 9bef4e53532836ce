import LibArchive
import LibYAML
import Posix
import Reporting
import SampleVendor
import Testing
import Values

@testable import Discover

/// A chart as a plain tar.
func chart(_ files: [String: String], name: String = "app", version: String = "1.2.3") -> [UInt8] {
    var all = files
    all["Chart.yaml"] = all["Chart.yaml"] ?? "name: \(name)\nversion: \(version)\nappVersion: \"7\"\n"
    return TarBytes.archive(
        all.sorted { $0.key < $1.key }.map { ("\(name)/\($0.key)", Array($0.value.utf8)) })
}

private func values(_ text: String) throws -> [YAMLReader] {
    try YAMLDocument.parseStream(Array(text.utf8), file: "values.yaml").map(\.reader)
}

private func scan(_ files: [String: String], set: String = "") throws -> [FoundImage] {
    try ChartScan(ChartArchive(chart(files), label: "app.tgz"), values: try values(set)).images
}

struct ChartScanTests {
    /// The idioms of charts' values.
    @Test(arguments: [
        ("image: ghcr.io/a/b:1", "", ["ghcr.io/a/b:1"]), ("image: {repository: a/b}", "", ["a/b:7"]),
        ("image: {repository: a/b, tag: ''}", "", ["a/b:7"]),
        ("image: {registry: q.io, repository: a/b, tag: 1.10}", "", ["q.io/a/b:1.10"]),
        (
            "image: {repository: a/b, tag: x, digest: 'sha256:\(String(repeating: "1", count: 64))'}", "",
            [
                "a/b@sha256:\(String(repeating: "1", count: 64))"
            ]
        ),
        ("image: {repository: a/b, tag: x}", "image: {tag: y}", ["a/b:y"]),
        ("image: a/b\nimageTag: z", "", ["a/b:z"]), ("sidecarImage: a/c:2", "", ["a/c:2"]),
        ("global: {imageRegistry: r.io}\nimage: {registry: d.io, repository: a, tag: '1'}", "", ["r.io/a:1"]),
        ("x: {y: [{image: {repository: a/b, tag: '3'}}]}", "", ["a/b:3"]),
        ("image: {repository: a/b, tag: x}", "image: null", []),
    ])
    func `values are read by their idioms`(own: String, set: String, images: [String]) throws {
        let found = try scan(["values.yaml": own], set: set)
        #expect(found.map(\.text) == images)
        #expect(found.allSatisfy { $0.certainty == .used && $0.place.origin == "chart app 1.2.3" })
    }

    @Test func `what is not enabled may be wanted later, and is a guess`() throws {
        let own = "metrics: {enabled: false, image: {repository: m, tag: '1'}}\nimage: {repository: a, tag: '1'}"
        #expect(try scan(["values.yaml": own]).map(\.certainty) == [.perhaps, .used])
        #expect(try scan(["values.yaml": own], set: "metrics: {enabled: true}").map(\.certainty) == [.used, .used])
    }

    @Test func `templates that write a name out are read, with line and column`() throws {
        let template =
            "kind: Pod\nspec:\n  containers:\n    - image: \"a/b:1\"\n    - image: {{ .Values.x }}\n      name: c\n"
        let found = try scan(["templates/pod.yaml": template])
        #expect(found.map(\.place.description) == ["app.tgz/app/templates/pod.yaml:4:7: image, chart app 1.2.3"])
    }

    @Test func `charts within charts get their parent's values`() throws {
        let files = [
            "Chart.yaml":
                "name: app\nversion: 1.2.3\ndependencies: [{name: db, alias: store, condition: store.on}, {name: log}]\n",
            "values.yaml": "store: {image: {tag: '9'}}\nglobal: {imageRegistry: r.io}\n",
            "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
            "charts/db/values.yaml": "image: {repository: d/b, tag: '1'}\n",
            "charts/log/Chart.yaml": "name: log\nversion: 1.0.0\n",
            "charts/log/values.yaml": "image: l:1\n",
        ]
        #expect(try scan(files).map(\.text) == ["r.io/d/b:9", "l:1"])
        #expect(try scan(files, set: "store: {on: false}").map(\.certainty) == [.perhaps, .used])
    }

    @Test func `annotations are a hint`() throws {
        let text =
            "name: app\nversion: 1.2.3\nannotations:\n  artifacthub.io/images: |\n    - {name: a, image: 'a/b:1'}\n"
        #expect(try scan(["Chart.yaml": text]).map(\.certainty) == [.perhaps])
    }

    @Test(arguments: [
        (["Chart.yaml": "name: app\n"], "`name` and `version` of a chart"),
        (["Chart.yaml": "name: app\nversion: 1\ndependencies: [{name: db}]\n"], "needs the chart \"db\""),
        (["values.yaml": "a: [\n"], "cannot read the chart"),
    ])
    func `what is no chart is refused`(files: [String: String], part: String) throws {
        do throws(DiscoverError) {
            _ = try ChartArchive(chart(files), label: "app.tgz")
            Issue.record("it was read")
        } catch {
            let words = error.diagnostic
            #expect((words.message + words.details.map(\.text).joined()).contains(part), "\(words)")
            #expect(words.next != nil)
        }
    }

    @Test func `an archive without a chart, and one that is none, are refused`() throws {
        #expect(throws: DiscoverError.chart("x.tgz", .noChartFile)) {
            try ChartArchive(TarBytes.archive([("app/values.yaml", [])]), label: "x.tgz")
        }
        #expect(throws: DiscoverError.self) { try ChartArchive(Array("no archive at all".utf8), label: "x.tgz") }
    }
}

struct HelmProgramTests {
    /// A stand-in that is called `helm`, in a folder of its own.
    private func withHelm(_ script: String, _ body: (HelmProgram, FilePath) throws -> Void) throws {
        let folder = FilePath("/tmp/sealift-helm-" + Hex.encode(try System.randomBytes(8)))
        try Files.makeDirectories(folder)
        defer { do { try Files.removeTree(folder) } catch { print("cannot remove \(folder)") } }
        try Files.replace(folder.appending("helm"), with: Array(("#!/bin/sh\n" + script).utf8), mode: .executable)
        let found = try #require(try HelmProgram.find(in: "/nonexistent:\(folder):/usr/bin:/bin"))
        try body(found, folder)
    }

    private func order(_ values: String? = nil) -> HelmProgram.Order {
        .init(
            archive: "/store/app", release: "rel", namespace: "apps", values: values, kubernetes: "v1.31.4",
            chart: "app 1.2.3", label: "app.tgz")
    }

    @Test func `helm is asked to render with values, release, namespace and version, and gets nothing of ours beside`()
        throws
    {
        let script = """
            { echo "$@"; cat; env | cut -d= -f1 | sort | tr '\\n' ' '; } > "${0%/*}/said"
            printf '%s\\n' '---' '# Source: app/templates/a.yaml' 'kind: Pod' 'spec: {containers: [{image: a/b:1}]}'
            """
        try withHelm(script) { helm, folder in
            let found = try helm.images(of: order("a: 1\n"))
            #expect(
                found.map(\.place.description) == [
                    "app.tgz/app/templates/a.yaml, rendered:2:29: spec.containers[0].image (Pod), chart app 1.2.3"
                ])
            let said = String(decoding: try Files.read(folder.appending("said"), limit: .mebibytes(1)), as: UTF8.self)
            let lines = said.split(separator: "\n")
            #expect(
                lines.first
                    == "template rel /store/app --namespace apps --include-crds --skip-tests --kube-version v1.31.4 --values -"
            )
            #expect(lines.dropFirst().first == "a: 1")
            #expect(lines.last?.contains("HOME") ?? false)
            #expect(!said.contains("HELM_PLUGINS") && !said.contains("USER"))
        }
    }

    @Test func `what helm refuses is told in its words`() throws {
        try withHelm("echo 'Error: nil pointer' >&2; exit 3\n") { helm, _ in
            #expect(throws: DiscoverError.helm(chart: "app 1.2.3", .refused(status: 3, words: ["Error: nil pointer"])))
            {
                try helm.images(of: order())
            }
        }
        try withHelm("echo 'a: b: c'\n") { helm, _ in
            do throws(DiscoverError) { _ = try helm.images(of: order()) } catch {
                #expect(error.diagnostic.message.contains("what helm made is no manifest"))
            }
        }
    }

    @Test func `where there is none, none is found`() throws {
        #expect(try HelmProgram.find(in: "/nonexistent:relative:/etc/hostname") == nil)
    }
}
