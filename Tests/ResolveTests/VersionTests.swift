import Definition
import Fetch
import Format
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import Resolve
import SampleVendor
import Testing
import Values

struct VersionTests {
    @Test(arguments: [("v1.31", "v1.31.4+k3s1"), ("stable", "v1.30.8+k3s1"), ("v1.30.8+k3s1", "v1.30.8+k3s1")])
    func `a version is found by channel or taken as it is`(asked: String, version: String) throws {
        let workshop = try Workshop()
        workshop.vendor.publish("v1.30.8+k3s1")
        let lock = try workshop.resolver.resolve(workshop.define(version: asked), at: Timestamp(seconds: 1))
        #expect(lock.version.text == version)
        #expect(lock.requested == asked)
    }

    @Test func `a channel that nobody knows is told with those that there are`() throws {
        let workshop = try Workshop()
        let error = try workshop.failure(workshop.define(version: "v1.13"))
        guard case .unknownChannel("v1.13", let location, known: ["stable", "v1.31"]) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(location.line == 3)
        #expect(
            words(error) == [
                "there is no channel \"v1.13\"", "channels: stable, v1.31", "next: did you mean \"v1.31\"?", "exit 2",
            ])
    }

    @Test(arguments: [
        ("<html>", "what answers there is no list of channels"),
        ("{\"data\": {}}", "what answers there is no list of channels"),
        (
            "{\"data\": [{\"id\": \"stable\", \"latest\": \"../../etc\"}]}",
            "it names \"../../etc\", which is no version such as v1.31.4+k3s1"
        ),
    ])
    func `an answer of the channel server that cannot be used`(body: String, reason: String) throws {
        let workshop = try Workshop()
        workshop.vendor.put(Array(body.utf8), at: "/v1-release/channels")
        #expect(
            try workshop.failure(workshop.define(version: "stable"))
                == .channelAnswer("stable", url: "https://update.k3s.io/v1-release/channels", reason: reason))
    }

    @Test func `what is beside the fields that are needed may be anything`() throws {
        let workshop = try Workshop()
        let body = """
            {"type": 1, "data": [null, {"id": 3}, {"id": "stable"}, {"type": ["new"], "latest": "v1.31.4+k3s1",
            "id": "stable", "share": 1.5}]}
            """
        workshop.vendor.put(Array(body.utf8), at: "/v1-release/channels")
        let lock = try workshop.resolver.resolve(workshop.define(version: "stable"), at: Timestamp(seconds: 1))
        #expect(lock.version.text == SampleVendor.version)
    }

    @Test func `a version that was never made is told with those that there are`() throws {
        let workshop = try Workshop()
        workshop.vendor.publishChannels([
            "stable": "v1.30.8+k3s1", "v1.31": SampleVendor.version, "latest": SampleVendor.version,
        ])
        let error = try workshop.failure(workshop.define(version: "v1.31.99+k3s1"))
        guard case .unknownVersion(let unknown) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(unknown.known.keys.sorted() == ["latest", "stable", "v1.31"])
        #expect(
            words(error) == [
                "K3s has no files of v1.31.99+k3s1 for amd64",
                "asked: \"https://github.com\(SampleVendor.path("sha256sum-amd64.txt", "v1.31.99+k3s1"))\"",
                "host: \(unknown.site.host)", "there are: v1.31.4+k3s1 (latest, v1.31), v1.30.8+k3s1 (stable)",
                "next: did you mean \"v1.31.4+k3s1\"?", "exit 2",
            ])
        #expect(error.diagnostic.location?.line == 3)
    }

    @Test func `a channel that runs ahead of the files is not the definition's mistake`() throws {
        let workshop = try Workshop()
        let error = try workshop.failure(workshop.define(version: "stable"))
        guard case .unknownVersion(let unknown) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(unknown.channel == "stable")
        #expect(error.diagnostic.exitCode == .gathering)
    }

    @Test func `a channel server that is down is told as such`() throws {
        let workshop = try Workshop()
        workshop.vendor.behave { request, _ in request.path.hasPrefix("/v1-release") ? HTTPReply(503, []) : nil }
        let error = try workshop.failure(workshop.define(version: "stable"))
        #expect(words(error).contains("item: the channel stable"))
        #expect(words(error).last == "exit 5")
    }
}

/// Other ways in which makers tell versions, digests and images, by a profile of our own.
struct OtherProfileTests {
    private func workshop(_ channel: String, more: String = "") throws -> (Workshop, Definition) {
        let workshop = try Workshop()
        let base = workshop.vendor.base
        let profile = """
            profile: tiny
            title: Tiny
            summary: a platform of one file
            homepage: https://example.org
            architectures: {amd64: {}}
            versions: {exact: ["#.#", "v#.#+b#"], example: "1.2", range: ">=1"}
            channels: [{kind: \(channel), url: "\(base)/channels/${channel}", names: [stable]}]
            roles: [{name: node, summary: runs containers}, {name: box, summary: does not}]
            artefacts:
              - name: tiny
                url: \(base)/${version.encoded}/tiny
                checksum: {url: "\(base)/${version.encoded}/tiny.sha256", form: bare, name: tiny}
                path: /opt/tiny

            """
        try workshop.write(profile + more, to: "profiles/tiny.yaml")
        let text = """
            name: line7
            version: 1
            platform: {profile: tiny, version: stable, arch: amd64}
            profiles: [profiles]

            """
        try workshop.write(text, to: "line7.yaml")
        let content = Array("tiny".utf8)
        for version in ["1.2", "v1.3%2Bb4"] {
            workshop.vendor.put(content, at: "/\(version)/tiny")
            workshop.vendor.put(
                Array("\(SHA256Digest.of(content).hex)  dist/tiny\n".utf8), at: "/\(version)/tiny.sha256")
        }
        return (workshop, try Definition.load(workshop.path))
    }

    @Test func `a channel may be a text`() throws {
        let (workshop, definition) = try workshop("text")
        workshop.vendor.put(Array("1.2\n".utf8), at: "/channels/stable")
        let lock = try workshop.resolver.resolve(definition, at: Timestamp(seconds: 1))
        #expect(lock.version.text == "1.2")
        #expect(lock.artefacts[0].content.digest == .of(Array("tiny".utf8)))
        #expect(lock.imageList == nil)
        #expect(lock.images == [])
    }

    @Test(arguments: ["https://example.org/releases/tag/v1.3%2Bb4", "/tag/v1.3+b4?x=/y"])
    func `a channel may be a redirect, which is not followed`(location: String) throws {
        let (workshop, definition) = try workshop("redirect")
        workshop.vendor.behave { request, _ in
            request.path == "/channels/stable" ? HTTPReply(302, [], headers: [("Location", location)]) : nil
        }
        let lock = try workshop.resolver.resolve(definition, at: Timestamp(seconds: 1))
        #expect(lock.version.text == "v1.3+b4")
        #expect(workshop.vendor.asked.first == "GET /channels/stable")
        #expect(!workshop.vendor.asked.contains { $0.contains("/tag/") })
    }

    @Test(arguments: ["text", "redirect"])
    func `a channel of its own that is not there is unknown`(kind: String) throws {
        let (workshop, definition) = try workshop(kind)
        guard case .unknownChannel("stable", _, known: ["stable"]) = try workshop.failure(definition) else {
            Issue.record("something else went wrong")
            return
        }
    }

    @Test(arguments: [
        ("text", HTTPReply(200, "1.2 1.3"), "what answers there is not one version"),
        ("text", HTTPReply(200, ""), "what answers there is not one version"),
        ("redirect", HTTPReply(200, "1.2"), "it does not redirect to a version"),
        ("redirect", HTTPReply(302, [], headers: [("Location", "https://example.org/")]), "it redirects to no version"),
        ("redirect", HTTPReply(302, [], headers: [("Location", "/a%2")]), "it redirects to no version"),
    ])
    func `an answer that is no version`(kind: String, reply: HTTPReply, reason: String) throws {
        let (workshop, definition) = try workshop(kind)
        workshop.vendor.behave { request, _ in request.path == "/channels/stable" ? reply : nil }
        #expect(
            try workshop.failure(definition)
                == .channelAnswer("stable", url: workshop.vendor.base + "/channels/stable", reason: reason))
    }

    @Test func `images that no role offered has a place for are the definition's mistake`() throws {
        let more = """
            images: {folders: [{path: /images, archive: a.tar, names: tagged, sparse: true, roles: [node]}]}

            """
        let (workshop, _) = try workshop("text", more: more)
        workshop.vendor.put(Array("1.2".utf8), at: "/channels/stable")
        let text = String(decoding: try Files.read(workshop.path, limit: .mebibytes(1)), as: UTF8.self)
        try workshop.write(text + "images: [acme/app:1]\nroles: [box]\n", to: "line7.yaml")
        let error = try workshop.failure(Definition.load(workshop.path))
        guard case .noPlaceForImages(let image, let location) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(image.description == "docker.io/acme/app:1")
        #expect(location.line == 5)
        #expect(error.diagnostic.exitCode == .usage)
        try workshop.write(text + "images: [acme/app:1]\nroles: [node]\n", to: "line7.yaml")
        let lock = try workshop.resolver.resolve(Definition.load(workshop.path), at: Timestamp(seconds: 1))
        #expect(lock.images.count == 1)
    }
}
