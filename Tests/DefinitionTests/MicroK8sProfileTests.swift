import Definition
import Format
import Posix
import Testing
import Values

struct MicroK8sProfileTests {
    private func release(_ version: String, _ architecture: Architecture = .amd64) throws -> Release {
        let profile = try ProfileLibrary().profile(named: "microk8s")
        return try #require(profile.release(Version(version), architecture))
    }

    private func content() throws -> Content {
        Content(size: 3, digest: try #require(SHA256Digest(hex: String(repeating: "1", count: 64))))
    }

    private static let digest = SHA3Digest(bytes: [UInt8](repeating: 7, count: 48))

    private func snap(_ name: String, _ revision: Int, _ type: String, base: String? = nil) throws -> LockedSnap {
        let content = try content()
        return LockedSnap(
            name: name, id: "id-\(name)", revision: revision, version: "v1.34.1", channel: "1.34/stable", type: type,
            base: base, confinement: type == "app" ? "classic" : "strict", url: "https://store.example/\(name)",
            content: content, digest: try #require(Self.digest),
            assertions: LockedAssertions(
                content: content,
                parts: [
                    .init(
                        type: "snap-revision",
                        document: LockedDocument(url: "https://store.example/a", content: content))
                ]))
    }

    @Test(arguments: [
        ("v1.34.1", true, false), ("1.34", false, true), ("1.34/stable", false, true), ("1.34/edge", false, true),
        ("latest/edge", false, true), ("v1.34", false, false), ("1.34-strict", false, false), ("stable", false, false),
        ("", false, false),
    ])
    func `a version is exact, a channel or neither`(text: String, isExact: Bool, isChannel: Bool) throws {
        let profile = try ProfileLibrary().profile(named: "microk8s")
        #expect(profile.versions.isExact(text) == isExact)
        #expect((profile.channelSource(text)?.kind == .snap) == isChannel)
    }

    @Test func `snapd goes first, the platform's own snap has the channel that is asked for`() throws {
        let snaps = try #require(try release("v1.34.1").snaps)
        #expect(snaps.items.map(\.name) == ["snapd", "microk8s"])
        #expect(snaps.items.map(\.channel) == ["latest/stable", nil])
        #expect(snaps.common.keys.count == 2)
        #expect(snaps.common.staysOffline)
    }

    @Test func `snaps are laid as snap download names them, and installed in their order`() throws {
        let text = "name: a\nversion: \"1\"\nplatform: {profile: microk8s, version: 1.34, arch: amd64}\n"
        let definition = try Definition.parse(Array(text.utf8), path: "a.yaml")
        #expect(definition.platform.version == "1.34")
        let snaps = [
            try snap("snapd", 9, "snapd"), try snap("core22", 8, "base"),
            try snap("microk8s", 7, "app", base: "core22"),
        ]
        let layout = try Layout(definition, try release("v1.34.1"), snaps: snaps)
        let paths = layout.entries.map(\.destination.text).filter { $0.hasPrefix("opt/sealift/snaps/") }
        #expect(
            paths
                == ["core22_8", "microk8s_7", "snapd_9"].flatMap { name in
                    ["assert", "snap"].map { "opt/sealift/snaps/\(name).\($0)" }
                })
        let kinds = layout.steps.compactMap { step -> String? in
            switch step.action {
            case .snap(let snap): "\(snap.name) \(snap.classic) \(snap.keepsNewer)"
            case .snapOffline: "offline"
            default: nil
            }
        }
        #expect(kinds == ["snapd false true", "offline", "core22 false true", "microk8s true false"])
        let archive = try #require(layout.entries.first { $0.destination.text.hasSuffix("sealift-images.tar") })
        #expect(archive.renamed == ".loaded")
    }

    @Test func `a lock with snaps reads as it was written`() throws {
        let digest = try content().digest
        let lock = Lock(
            definition: .init(name: "a", digest: digest), profile: .init(name: "microk8s", digest: digest),
            version: Version("v1.34.1"), requested: "1.34", architecture: .amd64,
            created: Timestamp(seconds: 1_763_627_400),
            sequence: 1, artefacts: [],
            snaps: [try snap("core22", 8, "base"), try snap("b", 7, "app", base: "core22")],
            images: [])
        #expect(try Lock.parse(Array(lock.text.utf8), file: "a.lock") == lock)
    }
}
