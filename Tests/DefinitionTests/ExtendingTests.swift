import Definition
import Format
import JSON
import LibYAML
import OCI
import Posix
import Reporting
import Testing
import Values

/// `extends:` with files in folders, and what `sealift lock --show` prints of them.
struct ExtendingTests {
    /// `common/base.yaml` and `plant/line7.yaml`, which extends it unless it says otherwise.
    private func files(
        base: String, site: String, extends: String = "../common/base.yaml", _ body: (FilePath) throws -> Void
    ) throws {
        try withFolder { folder in
            for name in ["common", "plant"] { try Files.makeDirectories(folder.appending(name)) }
            try Files.replace(folder.appending("common/base.yaml"), with: Array(base.utf8))
            let text = (extends.isEmpty ? "" : "extends: \(extends)\n") + site
            let path = folder.appending("plant/line7.yaml")
            try Files.replace(path, with: Array(text.utf8))
            try body(path)
        }
    }

    private static let base = """
        name: line7
        version: 2026.11.0
        platform: {profile: k3s, version: v1.31, arch: amd64}
        images: [ghcr.io/acme/a:1]
        manifests: [./manifests]
        files: [{path: /etc/acme/a.conf, from: a.conf}]
        config: {disable: [traefik], tls-san: [a.plant]}
        variables: {SITE: {type: string, ask: name of the plant}}

        """

    @Test func `maps merge by key, lists replace, plus appends`() throws {
        let site = """
            platform: {version: v1.31.4+k3s1}
            images+: [ghcr.io/acme/b:2]
            config: {disable+: [servicelb], tls-san: [b.plant]}
            variables: {SITE: {default: north}}

            """
        try files(base: Self.base, site: site) { path in
            let definition = try Definition.load(path)
            #expect(definition.platform.version == "v1.31.4+k3s1")
            #expect(definition.platform.profile == "k3s")
            #expect(definition.images.map(\.reference.description) == ["ghcr.io/acme/a:1", "ghcr.io/acme/b:2"])
            let variable = try #require(definition.variables.first { $0.variable.name == "SITE" }?.variable)
            #expect(variable.defaultValue == "north")
            #expect(variable.ask == "name of the plant")
            let config = try #require(definition.config)
            #expect(config.node.value.text == "disable:\n  - traefik\n  - servicelb\ntls-san:\n  - b.plant\n")
        }
    }

    @Test func `paths are seen from the file that they stand in, and the lock calls them as seen from the definition`()
        throws
    {
        try files(base: Self.base, site: "manifests+: [./manifests]\n") { path in
            let definition = try Definition.load(path)
            let plant = path.parent
            #expect(
                definition.manifests.map(\.path) == [
                    plant.appending("../common/manifests"), plant.appending("manifests"),
                ])
            #expect(definition.manifests.map(\.text) == ["../common/manifests", "./manifests"])
            guard case .local(let file)? = definition.files.first?.content else {
                Issue.record("not a local file")
                return
            }
            #expect(file.text == "../common/a.conf")
            #expect(definition.manifests.map(\.location.line) == [5, 2])
        }
    }

    @Test func `the digest covers both files`() throws {
        var digests: Set<SHA256Digest> = []
        for (base, site) in [
            (Self.base, ""), (Self.base + "expires: 2027-11-20T00:00:00Z\n", ""),
            (Self.base, "expires: 2027-11-21T00:00:00Z\n"), ("# words\n" + Self.base, ""),
        ] {
            try files(base: base, site: site) { digests.insert(try Definition.load($0).digest) }
        }
        #expect(digests.count == 3)
    }

    @Test(arguments: [
        // An error points into the file in which it stands.
        (base + "imags: []\n", "", "../common/base.yaml", "common/base.yaml:9:1", "unknown key \"imags\""),
        (base, "platform: {arch: riscv64}\n", "../common/base.yaml", "line7.yaml:2:18", "expected one of amd64, arm64"),
        (base, "config: {tls-san+: x}\n", "../common/base.yaml", "line7.yaml:2:20", "expected a list"),
        // What is extended.
        (base, "", "../common/bas.yaml", "line7.yaml:1:10", "there is no such file"),
        (base, "", "line7.yaml", "line7.yaml:1:10", "a definition cannot extend itself"),
        (base, "", "../plant/./line7.yaml", "line7.yaml:1:10", "a definition cannot extend itself"),
        (
            "extends: ../plant/line7.yaml\n", base, "../common/base.yaml", "common/base.yaml:1:10",
            "one level is all there is"
        ),
        (base, "", "[a, b]", "line7.yaml:1:10", "expected text"),
        ("", "", "../common/base.yaml", nil, "it is empty"),
        (base, "", "../common", nil, "cannot read"),
    ])
    func `what is wrong is told at its place`(
        base: String, site: String, extends: String, place: String?, words: String
    ) throws {
        try files(base: base, site: site, extends: extends) { path in
            let found = try diagnostic { () throws(DefinitionError) in try Definition.load(path) }
            #expect(found.message.contains(words), "\(found.message)")
            if let place { #expect(found.location?.description.hasSuffix(place) == true, "\(found)") }
        }
    }

    @Test func `the merged definition is shown with the place of each value`() throws {
        let site = "name: line8\nimages+: [ghcr.io/acme/b:2]\n"
        try files(base: Self.base, site: site) { path in
            let definition = try Definition.load(path)
            let lines = definition.annotatedText.split(separator: "\n").map { line in
                line.replacing(path.parent.text + "/", with: "").split(separator: " ").joined(separator: " ")
            }
            #expect(
                Array(lines.prefix(6)) == [
                    "name: line8 # line7.yaml:2", "version: \"2026.11.0\" # ../common/base.yaml:2", "platform:",
                    "profile: k3s # ../common/base.yaml:3", "version: v1.31 # ../common/base.yaml:3",
                    "arch: amd64 # ../common/base.yaml:3",
                ])
            #expect(lines.contains("- ghcr.io/acme/b:2 # line7.yaml:3"))
            guard case .array(let origins) = definition.origins else {
                Issue.record("no array")
                return
            }
            #expect(origins.count == definition.text.leaves.count)
            let first = try #require(origins.first?.objectValue)
            #expect(first["place"] == "name" && first["value"] == "line8" && first["line"] == .integer(2))
        }
    }
}
