import Format
import JSON
import LibCrypto
import Testing
import Values

@testable import Report

@Suite struct ReportTests {
    static func content(_ text: String) -> Content {
        Content(size: ByteCount(text.utf8.count), digest: .of(Array(text.utf8)))
    }

    static func path(_ text: String) -> MemberPath {
        do { return try MemberPath(validating: text) } catch { fatalError("\(text): \(error)") }
    }

    let manifest: Manifest
    let digest = SHA256Digest.of([] as [UInt8])

    init() throws {
        let files = Permissions(mode: .file)
        manifest = Manifest(
            name: try #require(BundleName("line7")), version: try #require(BundleVersion("2026.11.0")), sequence: 5,
            created: try #require(Timestamp("2026-11-20T08:30:00Z")),
            builder: .init(tool: "sealift", version: "0.1.0", zstd: "1.5.4", level: 3),
            target: .init(profile: "k3s", version: Version("v1.31.4+k3s1"), architecture: .amd64),
            roles: [Role(name: "server", summary: "runs <b>everything</b> & more")],
            requirements: [
                Requirement(
                    id: "memory", rule: .memory(minimum: .gibibytes(1)), severity: .fail, reason: "etcd needs it")
            ],
            variables: [Variable(name: "TOKEN", type: .secret, ask: "the \"token\" of the cluster")],
            users: [SystemUser(name: "plc", home: "/var/lib/plc", shell: "/usr/sbin/nologin")],
            steps: [Step(.unit(name: "k3s.service", enable: true, start: true, timeout: 60))],
            images: [
                BundledImage(
                    name: "docker.io/library/nginx:1.27", digest: .of(Array("index".utf8)),
                    manifest: .of(Array("manifest".utf8)), archive: Self.path("images.tar"))
            ],
            sources: [Source(url: "https://example.com/k3s?a=1&b=2", content: Self.content("k3s"))],
            entries: [
                Entry(path: Self.path("etc"), kind: .directory(Permissions(mode: .executable))),
                Entry(path: Self.path("etc/<script>alert(1)</script>"), kind: .file(files, Self.content("x"))),
                Entry(path: Self.path("images.tar"), kind: .file(files, Self.content("images"))),
                Entry(path: Self.path("usr/bin/k3s"), kind: .file(Permissions(mode: .executable), Self.content("k3s"))),
                Entry(path: Self.path("usr/bin/kubectl"), kind: .link(target: "k3s")),
            ])
    }

    @Test func `all documents are functions of the manifest`() {
        let first = BundleDocuments.all(for: manifest, digest: digest)
        let second = BundleDocuments.all(for: manifest, digest: digest)
        #expect(first.map(\.name) == ["README.txt", "report.html", "sbom.cdx.json", "sbom.spdx.json"])
        #expect(first.map(\.bytes) == second.map(\.bytes))
        for document in first { #expect(String(validating: document.bytes, as: UTF8.self) != nil) }
    }

    @Test func `text never becomes markup`() {
        let page = String(decoding: HTMLReport.text(for: manifest), as: UTF8.self)
        #expect(!page.contains("<script"))
        #expect(page.contains("/etc/&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("runs &lt;b&gt;everything&lt;/b&gt; &amp; more"))
        #expect(page.contains("the &quot;token&quot; of the cluster"))
        #expect(!page.contains("http-equiv=\"refresh\"") && !page.contains(" src=") && !page.contains("href="))
    }

    @Test(arguments: [
        "line7 2026.11.0", "k3s v1.31.4+k3s1 on linux/amd64", "etcd needs it", "docker.io/library/nginx:1.27",
        "https://example.com/k3s?a=1&amp;b=2", "k3s.service, enabled, started", "link to k3s", "TOKEN",
    ])
    func `the page shows what the manifest has`(text: String) {
        #expect(String(decoding: HTMLReport.text(for: manifest), as: UTF8.self).contains(text))
    }

    @Test func `the page of a bundle with very many files lists folders`() {
        var many = manifest
        many.entries = (0..<5_001).map {
            Entry(path: Self.path("data/f\($0)"), kind: .file(Permissions(mode: .file), Self.content("x")))
        }
        let page = String(decoding: HTMLReport.text(for: many), as: UTF8.self)
        #expect(page.contains("<td>5001</td>") && !page.contains("f4999"))
    }

    @Test func `the readme names no key and no fingerprint`() {
        let text = String(decoding: Readme.text(for: manifest), as: UTF8.self)
        #expect(text.contains("sequence 5, by sealift 0.1.0"))
        #expect(!text.contains("SHA256:"))
        #expect(!text.contains("payload-*.tar.zst |") && !text.contains("cat payload"))
    }

    @Test(
        arguments: [
            ("docker.io/library/nginx:1.27", "docker.io/library/nginx", "1.27"),
            ("registry.local:5000/a/b", "registry.local:5000/a/b", nil),
            ("registry.local:5000/a/b:2@sha256:00", "registry.local:5000/a/b", "2"),
        ] as [(String, String, String?)])
    func `an image's name is split at its tag`(name: String, repository: String, tag: String?) {
        #expect(ImageName(name).repository == repository)
        #expect(ImageName(name).tag == tag)
    }

    @Test func `package URLs encode what must be encoded`() {
        let url = ImageName("registry.local:5000/A/Plc+x:2").packageURL(
            digest: .of([] as [UInt8]), architecture: .arm64)
        #expect(
            url == "pkg:oci/plc%2Bx@sha256%3Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                + "?arch=arm64&repository_url=registry.local%3A5000%2FA%2FPlc%2Bx&tag=2")
    }

    @Test func `the lists of contents name every file and image once`() throws {
        let cyclone = try JSONValue.parse(CycloneDX.document(for: manifest, digest: digest))
        let spdx = try JSONValue.parse(SPDX.document(for: manifest, digest: digest))
        let components = try #require(cyclone["components"]?.arrayValue)
        #expect(
            components.map { $0["bom-ref"]?.stringValue } == [
                "file:etc/<script>alert(1)</script>", "file:images.tar", "file:usr/bin/k3s",
                "image:docker.io/library/nginx:1.27",
            ])
        #expect(components[2]["externalReferences"]?.arrayValue?.count == 1)
        let packages = try #require(spdx["packages"]?.arrayValue)
        #expect(Set(packages.compactMap { $0["SPDXID"]?.stringValue }).count == 5)
        #expect(spdx["relationships"]?.arrayValue?.count == 5)
        #expect(packages.contains { $0["downloadLocation"]?.stringValue == "https://example.com/k3s?a=1&b=2" })
    }

    @Test func `the UUID has version 8 and the variant of RFC 9562`() {
        let uuid = Array(DocumentIdentity(digest).uuid)
        #expect(uuid.count == 36 && uuid[14] == "8" && "89ab".contains(uuid[19]))
        #expect(DocumentIdentity(.of([1])).uuid != DocumentIdentity(digest).uuid)
    }

    @Test(
        arguments: [
            ("Apache-2.0", "Apache-2.0"),
            ("MIT AND (Apache-2.0 OR BSD-3-Clause)", "MIT AND (Apache-2.0 OR BSD-3-Clause)"),
            ("GPL-2.0-only WITH Linux-syscall-note", "GPL-2.0-only WITH Linux-syscall-note"), ("Apache 2.0", nil),
            ("proprietary", nil),
            ("MIT AND", nil), ("(MIT", nil), ("MIT OR evil", nil), ("MIT WITH evil", nil), ("MIT)", nil),
        ] as [(String, String?)])
    func `only what SPDX knows is an SPDX expression`(text: String, expression: String?) throws {
        #expect(try #require(LicenceExpression(text)).spdx == expression)
    }

    @Test func `what makers declare stands in both lists, and nothing else`() throws {
        let record = BuildRecord(
            definition: .init(name: "line7", digest: .of([1])), profile: .init(name: "k3s", digest: .of([2])),
            lock: .of([3]),
            requested: "stable",
            materials: [
                Material(
                    .artefact, "binary", url: "https://example.com/k3s", digest: Self.content("k3s").digest,
                    version: "v1.31.4+k3s1", supplier: "Acme"),
                Material(
                    .image, "docker.io/library/nginx:1.27", digest: .of(Array("index".utf8)), licence: "all ours",
                    supplier: "nginx"),
            ])
        let cyclone = try JSONValue.parse(CycloneDX.document(for: manifest, digest: digest, record))
        let components = try #require(cyclone["components"]?.arrayValue)
        #expect(components[2]["version"] == "v1.31.4+k3s1" && components[2]["supplier"]?["name"] == "Acme")
        #expect(components[2]["licenses"] == nil)
        #expect(components[3]["licenses"]?.arrayValue?.first?["license"]?["name"] == "all ours")
        let spdx = try JSONValue.parse(SPDX.document(for: manifest, digest: digest, record))
        let image = try #require(spdx["packages"]?.arrayValue?.last)
        #expect(image["licenseDeclared"] == "NOASSERTION" && image["supplier"] == "Organization: nginx")
        #expect(image["licenseComments"] == "declared by its makers as: all ours")
    }

    @Test func `provenance has no times of its own, and every material`() throws {
        let record = BuildRecord(
            definition: .init(name: "line7", digest: .of([1])), profile: .init(name: "k3s", digest: .of([2])),
            lock: .of([3]),
            requested: "stable",
            materials: [Material(.file, "./b", digest: .of([5])), Material(.file, "./a", digest: .of([4]))])
        let predicate = ProvenancePredicate.document(
            for: manifest, record, volumeSize: .mebibytes(64), installer: .of([6]))
        let dependencies = predicate["buildDefinition"]?["resolvedDependencies"]?.arrayValue
        #expect(dependencies?.compactMap { $0["name"]?.stringValue } == ["./a", "./b"])
        #expect(predicate["runDetails"]?["metadata"]?.objectValue?.count == 0)
    }
}
