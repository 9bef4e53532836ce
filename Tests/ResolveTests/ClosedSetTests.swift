import Definition
import Discover
import LoopbackServer
import OCI
import Posix
import Reporting
import Resolve
import SampleVendor
import Testing
import Values

private let now = Timestamp(seconds: 2_000_000)

private func pod(_ images: String...) -> String {
    "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
        + images.map { "    - {name: c, image: \($0), imagePullPolicy: IfNotPresent}\n" }.joined()
}

extension Workshop {
    fileprivate func build() throws {
        _ = try resolver.prepare(BuildOrder(definition: path) { _ in nil }, at: now)
    }

    fileprivate func refusal() throws -> Diagnostic {
        do { try build() } catch let error as ResolveError { return error.diagnostic }
        throw Diagnostic("nothing was thrown", exitCode: .internalError)
    }

    fileprivate var warnings: [String] { notes.all.filter { $0.severity == .warning }.map(\.message) }
}

struct ClosedSetTests {
    @Test func `an image that is referred to and not carried stops the build`() throws {
        let workshop = try Workshop()
        try workshop.write(pod("acme/app:1", "ghcr.io/acme/more:2"), to: "manifests/app.yaml")
        try workshop.define("manifests: [manifests]\nimages: [acme/app:1]\n")
        let words = try workshop.refusal()
        #expect(words.message == "cannot build: an image that is referred to would not be in the bundle")
        #expect(words.exitCode == .usage)
        #expect(words.location?.line == 6)
        #expect(words.location?.file.hasSuffix("manifests/app.yaml") ?? false)
        #expect(words.details.map(\.label) == ["missing", "asked for"])
        #expect(words.details[0].text == "\"ghcr.io/acme/more:2\"")
        #expect(words.details[1].text.hasSuffix("app.yaml:6:24: spec.containers[1].image (Pod p)"))
        #expect(words.next?.contains("images: [ghcr.io/acme/more:2]") ?? false)
        #expect(try Lock.load(Lock.path(for: workshop.path)) == nil)
    }

    @Test func `the platform's images and those of the definition close the set`() throws {
        let workshop = try Workshop()
        try workshop.write(pod("docker.io/acme/app:1"), to: "app.yaml")
        try workshop.define("manifests: [app.yaml]\nimages: [acme/app:1]\n")
        try workshop.build()
        #expect(workshop.warnings == [])
    }

    @Test func `an image by digest is found by its digest, whatever its tag`() throws {
        let workshop = try Workshop()
        try workshop.define("images: [acme/app:1]\n")
        let lock = try workshop.resolver.resolve(try Definition.load(workshop.path), at: now)
        let digest = try #require(lock.images.first { $0.pinned.reference.repository == "acme/app" }).pinned.root.digest
        try workshop.write(pod("acme/app:2@\(digest)"), to: "app.yaml")
        try workshop.define("manifests: [app.yaml]\nimages: [acme/app:1]\n")
        try workshop.build()
        try workshop.write(pod("acme/app:1@\(SHA256Digest(bytes: Array(repeating: 7, count: 32))!)"), to: "app.yaml")
        #expect(try workshop.refusal().details.first?.text.contains("acme/app:1@sha256:0707") ?? false)
    }

    @Test func `exceptions are stated, and those that nothing needs are told`() throws {
        let workshop = try Workshop()
        try workshop.write(pod("site.plant:5000/a/b:1", "busybox:1"), to: "app.yaml")
        try workshop.define(
            "manifests: [app.yaml]\nallow-missing: ['site.plant:5000/*', {name: 'busybox:1', reason: debugging}, 'x:1']\n"
        )
        try workshop.build()
        #expect(workshop.warnings == ["allow-missing has \"x:1\", which nothing refers to"])
    }

    @Test func `what asks the registry anyway is told`() throws {
        let workshop = try Workshop()
        let text = "kind: Pod\nspec: {containers: [{image: 'acme/app:1', imagePullPolicy: Always}]}\n"
        try workshop.write(text, to: "app.yaml")
        try workshop.define("manifests: [app.yaml]\nimages: [acme/app:1]\n")
        try workshop.build()
        #expect(
            workshop.warnings == [
                "the pull policy of \"acme/app:1\" is Always: it is asked of a registry at every start"
            ])
    }

    @Test func `a manifest that is not understood stops the build`() throws {
        let workshop = try Workshop()
        try workshop.write("kind: Pod\nspec: [\n", to: "app.yaml")
        try workshop.define("manifests: [app.yaml]\n")
        let words = try workshop.refusal()
        #expect(words.message.hasPrefix("cannot read the manifest: "))
        #expect(words.location?.line == 3)
    }

    @Test func `a file that is laid among the manifests is looked into too`() throws {
        let workshop = try Workshop()
        try workshop.define(
            "files: [{path: /var/lib/rancher/k3s/server/manifests/x.yaml, content: 'kind: Pod\n\n\n\nspec: {containers: [{image: no:1}]}'}]\n"
                .replacing("\n\n\n\n", with: "\\n").replacing("'", with: "\""))
        #expect(try workshop.refusal().details.first?.text == "\"docker.io/library/no:1\"")
    }
}

extension ClosedSetTests {
    @Test func `images in the makers' archive are carried, by their list`() throws {
        let workshop = try Workshop()
        try workshop.write(pod("rancher/mirrored-pause:3.6"), to: "app.yaml")
        try workshop.define("manifests: [app.yaml]\nimage-source: vendor-archive\n")
        try workshop.build()
        try workshop.write(pod("rancher/mirrored-pause:3.7"), to: "app.yaml")
        #expect(try workshop.refusal().details.first?.text == "\"docker.io/rancher/mirrored-pause:3.7\"")
    }
}
