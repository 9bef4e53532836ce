import Definition
import Format
import LibYAML
import Posix
import Reporting
import Testing
import Values

/// `when:`, `waived:`, `rules:` and optional artefacts, by a profile made for them.
struct ConditionTests {
    private static let profile = """
        profile: small
        title: Small
        summary: nothing
        homepage: https://example.org
        architectures: {amd64: {}}
        versions: {exact: ["#.#"], example: "1.2"}
        roles: [{name: one, summary: the first}, {name: more, summary: the others}]
        artefacts:
          - {name: policy, optional: true, path: /var/lib/small/policy.rpm}
        config:
          path: /etc/small.yaml
          keys: [{boolean: [alone, shared], text: [store]}]
          rules:
            - {key: shared, when: {registries: mirrors}, reason: it needs mirrors}
            - {key: alone, when: {no-config: store}, reason: not both}
        registries: {path: /etc/registries.yaml, keys: [{map: [mirrors]}]}
        variables:
          URL: {type: https-url, ask: where, roles: [more], waived: {config: store, roles: [more]}}
        files:
          - {path: /etc/always, content: a}
          - {path: /etc/with-policy, content: a, when: {artefact: policy}}
          - {path: /etc/without-policy, content: a, when: {no-artefact: policy}}
          - {path: /etc/with-both, content: a, when: {artefact: policy, config: [alone, store]}}
          - path: /etc/join
            template: env
            content: |
              URL=${URL}
        preparations: [{run: [rpm], undo: [undo], when: {artefact: policy}}]
        commands: [{run: [late]}]
        requirements: [{id: a, kind: swap-off, severity: warn, reason: r, when: {config: shared}}]

        """

    private func load(_ more: String, profile: String = profile) throws -> Definition {
        let folder = FilePath("/tmp/sealift-definition-\(try Hex.encode(System.randomBytes(8)))")
        try Files.makeDirectories(folder)
        defer { do { try Files.removeTree(folder) } catch { Issue.record(error) } }
        try Files.replace(folder.appending("small.yaml"), with: Array(profile.utf8))
        let text = "name: a\nversion: \"1\"\nplatform: {profile: small, version: \"1.2\", arch: amd64}\n" + more
        return try Definition.parse(Array(text.utf8), path: "a.yaml", profiles: [folder])
    }

    private func layout(_ more: String) throws -> Layout {
        let definition = try load(more)
        return try Layout(definition, try #require(definition.profile.release(Version("1.2"), .amd64)))
    }

    @Test(arguments: [
        ("", ["always", "without-policy", "join"], ["command"], 0),
        (
            "artefacts: {policy: {file: ./p.rpm}}\n", ["always", "with-policy", "join", "policy.rpm"],
            ["prepare", "command"], 0
        ),
        (
            "artefacts: {policy: {file: ./p.rpm}}\nconfig: {alone: true}\n",
            ["always", "with-policy", "with-both", "join", "policy.rpm", "small.yaml"], ["prepare", "command"], 0
        ),
        ("config: {alone: false}\n", ["always", "without-policy", "join", "small.yaml"], ["command"], 0),
        (
            "role-config: {more: {shared: true}}\nregistries: {mirrors: {\"*\": {}}}\n",
            ["always", "without-policy", "join", "small.yaml", "registries.yaml"], ["command"], 1
        ),
    ])
    func `items count where the definition says what they ask for`(
        more: String, files: [String], steps: [String], requirements: Int
    ) throws {
        let layout = try layout(more)
        let names = layout.entries.compactMap { $0.destination.text.split(separator: "/").last.map(String.init) }
        #expect(Set(names) == Set(files))
        #expect(layout.steps.sorted { $0.order < $1.order }.map(\.kindName) == steps)
        #expect(layout.requirements.count == requirements)
    }

    /// The K3s profile, whose checks of routes and packet filters name networks.
    @Test(arguments: [
        ("", ["10.42.0.0/16", "10.43.0.0/16"]),
        ("config: {cluster-cidr: 10.50.0.0/16}\n", ["10.50.0.0/16", "10.43.0.0/16"]),
        (
            "config: {cluster-cidr: \"10.50.0.0/16,fd00:50::/56\"}\nrole-config: {first-server: {service-cidr: 10.60.0.0/16}}\n",
            ["10.50.0.0/16", "fd00:50::/56", "10.60.0.0/16"]
        ),
        // What the site gives is not known at the build.
        (
            "config: {cluster-cidr: \"${PODS}\"}\nvariables: {PODS: {type: cidr, ask: which}}\n",
            ["10.42.0.0/16", "10.43.0.0/16"]
        ),
    ])
    func `requirements are about the networks that the definition sets`(more: String, networks: [String]) throws {
        let text = "name: a\nversion: \"1\"\nplatform: {profile: k3s, version: v1.31.4+k3s1, arch: amd64}\n" + more
        let definition = try Definition.parse(Array(text.utf8), path: "a.yaml", profiles: [])
        let release = try #require(definition.profile.release(Version("v1.31.4+k3s1"), .amd64))
        let layout = try Layout(definition, release)
        let found = layout.requirements.compactMap { requirement -> [String]? in
            switch requirement.rule {
            case .routeOverlap(let networks), .firewall(_, let networks): networks
            default: nil
            }
        }
        #expect(found.count >= 2 && found.allSatisfy { $0 == networks }, "\(found)")
    }

    @Test func `what is waived is asked for and not required`() throws {
        func required(_ more: String) throws -> Bool? {
            try layout(more).variables.first { $0.name == "URL" }?.required
        }
        #expect(try required("") == true)
        let secret = "variables: {STORE: {type: secret, ask: where is the store, roles: [one, more]}}\n"
        #expect(try required("config: {store: \"${STORE}\"}\n" + secret) == false)
        #expect(try required("role-config: {one: {store: fixed}}\n") == true)
        #expect(try required("role-config: {more: {store: fixed}}\n") == false)
    }

    @Test(arguments: [
        ("config: {shared: true}\n", "config: cannot take the key \"shared\": it needs mirrors"),
        ("config: {alone: true}\nrole-config: {more: {store: x}}\n", "config: cannot take the key \"alone\": not both"),
        (
            "config: {store: \"${STORE}\"}\nvariables: {STORE: {type: secret, ask: a, required: false}}\n",
            "config.store: cannot take \"${STORE}\": more must give STORE, for it takes the place of URL"
        ),
        (
            "config: {store: \"${STORE}\"}\nvariables: {STORE: {type: secret, ask: a, roles: [one]}}\n",
            "config.store: cannot take \"${STORE}\": more must give STORE, for it takes the place of URL"
        ),
        (
            "variables: {URL: {required: false}}\n",
            "variables.URL.required: cannot take false: the profile requires it of more"
        ),
        (
            "variables: {URL: {required: [one]}}\n",
            "variables.URL.required: cannot take a list: the profile requires it of more"
        ),
        (
            "variables: {URL: {roles: [one]}}\n",
            "variables.URL.roles: cannot take a list: the profile requires it of more"
        ),
        ("variables: {URL: {waived: {config: store}}}\n", "variables.URL: unknown key \"waived\""),
        ("variables: {URL: {type: url}}\n", "variables.URL.type: expected https-url, as the profile has it"),
        ("variables: {X: {type: enum, ask: a}}\n", "variables.X: the key \"values\" is missing"),
        ("variables: {X: {type: enum, ask: a, values: [b, b]}}\n", "variables.X.values[1]: expected a word"),
        ("variables: {X: {type: enum, ask: a, values: [\"b c\"]}}\n", "variables.X.values[0]: expected a word"),
        ("variables: {X: {type: enum, ask: a, values: [b], default: c}}\n", "variables.X.default: expected one of b"),
        ("variables: {X: {type: string, ask: a, values: [b]}}\n", "only a variable of type enum has values"),
        (
            "variables: {X: {type: string, ask: a, default: \"b\\nc\"}}\n",
            "variables.X.default: expected text of 1 to 4096 bytes on one line"
        ),
        ("artefacts: {polcy: {file: p}}\n", "unknown key \"polcy\""),
    ])
    func `what a profile asks of a definition`(more: String, words: String) throws {
        let error = #expect(throws: DefinitionError.self) { try load(more) }
        #expect(error?.diagnostic.message.contains(words) == true, "\(error?.diagnostic.message ?? "")")
    }

    @Test func `a default does not make optional what the profile requires`() throws {
        let variables = try layout("variables: {URL: {default: \"https://10.0.0.1:6443\"}}\n").variables
        #expect(variables.first { $0.name == "URL" }?.required == true)
    }

    @Test(arguments: [
        ("when: {artefact: policy}", "when: {artefact: polcy}", "when.artefact: unknown key \"polcy\""),
        ("config: [alone, store]", "config: [alone, stor]", "when.config: unknown key \"stor\""),
        ("when: {artefact: policy}", "when: {}", "expected one of artefact, no-artefact, config"),
        ("when: {artefact: policy}", "when: {artifact: policy}", "unknown key \"artifact\""),
        ("optional: true", "optional: maybe", "expected true or false"),
        ("{key: shared,", "{key: share,", "expected one of alone, shared, store"),
    ])
    func `what is wrong in the profile itself`(old: String, new: String, words: String) throws {
        let text = Self.profile.replacing(old, with: new, maxReplacements: 1)
        #expect(text != Self.profile)
        let error = #expect(throws: DefinitionError.self) { try load("", profile: text) }
        #expect(error?.diagnostic.message.contains(words) == true, "\(error?.diagnostic.message ?? "")")
    }
}
