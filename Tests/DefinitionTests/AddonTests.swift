import Definition
import Format
import LibYAML
import Posix
import Reporting
import Testing
import Values

/// `kind: addon`: only what stands on a platform, whatever its profile has.
struct AddonTests {
    private static let needs = "needs: {bundle: line7, version: \">=2026.11 <2027\", platform: \">=v1.30\"}\n"

    private func addon(_ more: String = "", needs: String = needs, profile: String = "k3s") throws -> Definition {
        let profileVersion = try ProfileLibrary().profile(named: profile).versions.example
        return try Definition.parse(
            Array(
                ("kind: addon\nname: camera\nversion: 3.1.0\n"
                    + "platform: {profile: \(profile), version: \(profileVersion), arch: amd64}\n" + needs + more).utf8),
            path: "site/camera.yaml")
    }

    @Test(arguments: try ProfileLibrary().names())
    func `nothing of the platform is laid, asked for or done`(profile: String) throws {
        let definition = try addon("files: [{path: /etc/camera.conf, content: a}]\n", profile: profile)
        let version = Version(definition.platform.version)
        let layout = try Layout(definition, try #require(definition.profile.release(version, .amd64)))
        let mine = layout.entries.filter { entry in
            switch entry.kind {
            case .file(_, .bytes(let bytes)): bytes == Array("a".utf8)
            case .file(_, .images): entry.destination.text.hasSuffix("-camera.tar")
            default: false
            }
        }
        #expect(mine.count == layout.entries.count, "\(layout.entries.map(\.destination))")
        #expect(layout.variables.isEmpty && layout.requirements.isEmpty && layout.users.isEmpty)
        #expect(layout.steps.isEmpty && layout.operation.isEmpty)
        #expect(definition.profile.artefacts.isEmpty && definition.profile.images.lists.isEmpty)
    }

    @Test func `it says what it stands on`() throws {
        let need = try #require(try addon().need)
        #expect(need.words == "line7 >=2026.11 <2027 (k3s >=v1.30)")
        let target = Manifest.Target(profile: "k3s", version: Version("v1.31.4+k3s1"), architecture: .amd64)
        for (version, isMet) in [("2026.11.0", true), ("2026.12.3", true), ("2027.1", false), ("2026.10.9", false)] {
            #expect(need.isMet(by: try #require(BundleVersion(version)), for: target) == isMet, "\(version)")
        }
        let version = try #require(BundleVersion("2026.11.0"))
        var other = target
        other.version = Version("v1.29.9+k3s1")
        #expect(!need.isMet(by: version, for: other))
        other = target
        other.profile = "k0s"
        #expect(!need.isMet(by: version, for: other))
        #expect(try addon(needs: "needs: {bundle: line7}\n").need?.words == "line7 (k3s)")
    }

    @Test(arguments: [
        (
            "", "config: {disable: [traefik]}\n",
            "the file: cannot take the key \"config\": an addon brings nothing of the platform"
        ),
        ("", "artefacts: {}\n", "cannot take the key \"artefacts\""),
        ("needs: {bundle: camera}\n", "", "needs.bundle: cannot take \"camera\": a bundle cannot need itself"),
        ("needs: {version: \">=1\"}\n", "", "needs: the key \"bundle\" is missing"),
        ("needs: {bundle: line7, version: 2026}\n", "", "needs.version: expected"),
        ("-", "", "the file: the key \"needs\" is missing"),
        ("", "variables: {NODE_IP: {default: 10.0.0.1}}\n", "variables.NODE_IP: the key \"type\" is missing"),
    ])
    func `what an add-on cannot say`(needs: String, more: String, words: String) throws {
        let text = needs.isEmpty ? Self.needs : needs == "-" ? "" : needs
        let error = #expect(throws: DefinitionError.self) { try addon(more, needs: text) }
        #expect(error?.diagnostic.message.contains(words) == true, "\(error?.diagnostic.message ?? "")")
    }

    @Test func `a platform needs nothing`() throws {
        let found = try diagnostic { () throws(DefinitionError) in try definition(Self.needs) }
        #expect(found.message.contains("only a definition of kind addon needs another bundle"))
    }
}
