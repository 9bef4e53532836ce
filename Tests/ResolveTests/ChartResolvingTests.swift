import Definition
import Discover
import Format
import Gather
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import Resolve
import SampleVendor
import Store
import Testing
import Values

private let now = Timestamp(seconds: 2_000_000)

private func chart(_ name: String, _ version: String, image: String = "acme/app:1") -> [UInt8] {
    TarBytes.archive([
        ("\(name)/Chart.yaml", Array("apiVersion: v2\nname: \(name)\nversion: \(version)\n".utf8)),
        ("\(name)/values.yaml", Array("image: \(image)\n".utf8)),
    ])
}

extension Workshop {
    /// Publishes a repository of charts below /charts, with digests where the archive is given.
    fileprivate func publishCharts(digests: Bool = true, _ versions: [String] = ["1.0.0", "1.2.0", "2.0.0-rc.1"]) {
        var index = "apiVersion: v1\nentries:\n  other: []\n  app:\n"
        for version in versions {
            let bytes = chart("app", version)
            vendor.put(bytes, at: "/charts/packages/app-\(version).tgz")
            index += "    - {name: app, version: \(version), urls: [packages/app-\(version).tgz]"
            index += (digests ? ", digest: \(SHA256Digest.of(bytes).hex)" : "") + "}\n"
        }
        vendor.put(Array(index.utf8), at: "/charts/index.yaml")
    }

    fileprivate func prepare(_ chart: String, images: String = "[acme/app:1]", use: LockUse = .current) throws
        -> Prepared
    {
        try define("charts: [\(chart)]\nimages: \(images)\n")
        return try resolver.prepare(BuildOrder(definition: path, lock: use) { _ in nil }, at: now)
    }

    fileprivate func refusal(_ chart: String, images: String = "[acme/app:1]") throws -> Diagnostic {
        do { _ = try prepare(chart, images: images) } catch let error as ResolveError { return error.diagnostic }
        throw Diagnostic("nothing was thrown", exitCode: .internalError)
    }
}

private let fromRepository = "{chart: app, repo: 'https://github.com/charts', version: ^1}"

struct ChartResolvingTests {
    @Test(arguments: [true, false])
    func `a range becomes the newest version, by digest, and the second build asks nobody`(digests: Bool) throws {
        let workshop = try Workshop()
        workshop.publishCharts(digests: digests)
        let first = try workshop.prepare(fromRepository)
        let bytes = chart("app", "1.2.0")
        #expect(
            first.gathered.lock.charts == [
                LockedChart(
                    name: "app", chart: "app", version: "1.2.0", from: "https://github.com/charts", requested: "^1",
                    origin: .url("https://github.com/charts/packages/app-1.2.0.tgz"),
                    content: Content(size: ByteCount(bytes.count), digest: .of(bytes)))
            ])
        #expect(first.gathered.content(of: .chart("app"))?.digest == .of(bytes))
        workshop.vendor.forget()
        #expect(try workshop.prepare(fromRepository, use: .locked).gathered.lock == first.gathered.lock)
        #expect(workshop.vendor.asked == [])
    }

    @Test func `a newer version waits for --update, which names it`() throws {
        let workshop = try Workshop()
        workshop.publishCharts()
        _ = try workshop.prepare(fromRepository)
        workshop.publishCharts(["1.0.0", "1.2.0", "1.3.0"])
        #expect(try workshop.prepare(fromRepository).gathered.lock.charts.map(\.version) == ["1.2.0"])
        let moved = try workshop.prepare(fromRepository, use: .update)
        #expect(moved.gathered.lock.charts.map(\.version) == ["1.3.0"])
        #expect(moved.lock.difference?.contains("1 chart changed") ?? false)
    }

    /// Every way in which a repository has not what is asked for.
    @Test(arguments: [
        (
            "{chart: ap, repo: 'https://github.com/charts'}", "its repository has none of that name",
            "did you mean \"app\"?"
        ),
        ("{chart: app, repo: 'https://github.com/charts', version: 7}", "no version is \"7\"", "name one of these"),
        ("{chart: app, repo: 'https://github.com/none'}", "its repository has no index.yaml", "index.yaml lies"),
        ("{chart: ./gone}", "there is no such chart", "as seen from the definition's folder"),
        (
            "{chart: app, repo: 'https://github.com/charts', sha256: \(String(repeating: "0", count: 64))}",
            "its content is not what was promised", "sha256"
        ),
    ])
    func `what is not there is told with what is`(text: String, message: String, next: String) throws {
        let workshop = try Workshop()
        workshop.publishCharts()
        let words = try workshop.refusal(text)
        #expect(words.message.contains(message), "\(words)")
        #expect(words.next?.contains(next) ?? false, "\(words)")
        #expect(words.exitCode == .usage)
        #expect(try Lock.load(Lock.path(for: workshop.path)) == nil)
    }

    @Test func `versions that there are stand in the refusal, newest first`() throws {
        let workshop = try Workshop()
        workshop.publishCharts()
        let words = try workshop.refusal("{chart: app, repo: 'https://github.com/charts', version: 7}")
        #expect(words.details.contains(.init("there are", "2.0.0-rc.1, 1.2.0, 1.0.0")))
        #expect(words.location?.line == 4)
    }

    @Test func `an archive that is not what the index promises is refused`() throws {
        let workshop = try Workshop()
        workshop.publishCharts()
        workshop.vendor.put(chart("app", "1.2.0", image: "evil:1"), at: "/charts/packages/app-1.2.0.tgz")
        let words = try workshop.refusal(fromRepository)
        #expect(words.details.contains(.init("promised by", "https://github.com/charts/index.yaml")))
        #expect(words.exitCode == .gathering)
    }

    @Test func `an archive of another chart is refused`() throws {
        let workshop = try Workshop()
        workshop.publishCharts(digests: false)
        workshop.vendor.put(chart("app", "1.1.0"), at: "/charts/packages/app-1.2.0.tgz")
        let words = try workshop.refusal(fromRepository)
        #expect(words.message.contains("its archive is another one"))
        #expect(words.details.map(\.text).contains("app 1.1.0"))
    }

    @Test func `a chart of a registry is found by its type, by tag and digest`() throws {
        let workshop = try Workshop()
        workshop.publishOCI("1.2.0+up")
        let prepared = try workshop.prepare("{chart: 'oci://docker.io/acme/charts/app', version: 1.x}")
        #expect(prepared.gathered.lock.charts.map(\.version) == ["1.2.0+up"])
        #expect(prepared.gathered.lock.charts.map(\.origin) == [.url("oci://docker.io/acme/charts/app:1.2.0_up")])
        #expect(prepared.gathered.lock.charts.map(\.content.digest) == [.of(chart("app", "1.2.0+up"))])
    }

    @Test func `an image is no chart`() throws {
        let workshop = try Workshop()
        workshop.publishOCI("1.0.0", config: "application/vnd.oci.image.config.v1+json")
        #expect(
            try workshop.refusal("{chart: 'oci://docker.io/acme/charts/app'}").message.contains("what is there is none")
        )
    }

    @Test func `a folder is packed the same again and again, and a change of it is a change of the lock`() throws {
        let workshop = try Workshop()
        try workshop.write("name: own\nversion: 1.0.0\n", to: "own/Chart.yaml")
        try workshop.write("image: acme/app:1\n", to: "own/values.yaml")
        try workshop.write("*.bak\nsecret/\n", to: "own/.helmignore")
        let first = try workshop.prepare("{chart: ./own}").gathered.lock
        try workshop.write("x", to: "own/secret/key")
        try workshop.write("x", to: "own/values.yaml.bak")
        #expect(try workshop.prepare("{chart: ./own}", use: .locked).gathered.lock == first)
        let archive = try workshop.store.read(first.charts[0].content.digest, limit: .mebibytes(1))
        #expect(try ChartArchive(archive, label: "own").version == "1.0.0")
        try workshop.write("image: acme/app:1\nreplicas: 2\n", to: "own/values.yaml")
        let second = try workshop.prepare("{chart: ./own}")
        #expect(second.lock.isWritten)
        #expect(second.gathered.lock.charts[0].content != first.charts[0].content)
    }

    @Test func `an image that the chart refers to and the bundle lacks stops the build`() throws {
        let workshop = try Workshop()
        workshop.publishCharts()
        let words = try workshop.refusal(fromRepository, images: "[]")
        #expect(words.details.map(\.text).contains("\"docker.io/acme/app:1\""))
        #expect(words.details.map(\.text).contains("app-1.2.0.tgz/app/values.yaml:1:8: image, chart app 1.2.0"))
    }

    @Test func `without helm the rules are said not to find all`() throws {
        let workshop = try Workshop()
        workshop.publishCharts()
        _ = try workshop.prepare(fromRepository)
        #expect(workshop.notes.messages.contains { $0.contains("rules, which do not find all: there is no helm here") })
    }
}

extension Workshop {
    /// Publishes one version of a chart in the registry.
    fileprivate func publishOCI(_ version: String, config: String = "application/vnd.cncf.helm.config.v1+json") {
        let archive = chart("app", version)
        let tag = version.split(separator: "+").joined(separator: "_")
        func descriptor(_ type: String, _ bytes: [UInt8]) -> String {
            "{\"mediaType\":\"\(type)\",\"digest\":\"\(SHA256Digest.of(bytes))\",\"size\":\(bytes.count)}"
        }
        let layer = descriptor("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)
        let manifest = Array(
            "{\"schemaVersion\":2,\"mediaType\":\"\(MediaType.manifest)\",\"config\":\(descriptor(config, [1])),\"layers\":[\(layer)]}"
                .utf8)
        let base = "/v2/acme/charts/app"
        vendor.put(
            Array("{\"name\":\"acme/charts/app\",\"tags\":[\"\(tag)\",\"latest\"]}".utf8), at: base + "/tags/list")
        for name in [tag, SHA256Digest.of(manifest).description] {
            vendor.put(manifest, at: base + "/manifests/" + name)
        }
        vendor.put(archive, at: base + "/blobs/\(SHA256Digest.of(archive))")
    }
}
