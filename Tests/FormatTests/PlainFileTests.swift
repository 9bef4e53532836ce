import Testing
import Values

@testable import Format

extension Sample {
    /// A manifest for Windows, with these entries and steps.
    static func plain(_ entries: [Entry], _ change: (inout Manifest) throws -> Void = { _ in }) throws -> Manifest {
        var manifest = try manifest([])
        manifest.target = .init(
            profile: "aks-edge", version: Version("1.11.247.0+k3s"), os: .windows, architecture: .amd64)
        (manifest.volumes, manifest.chunks) = ([], [])
        manifest.entries = entries.sorted { $0.path < $1.path }
        try change(&manifest)
        return manifest
    }
}

/// docs/format.md §8.3.
struct PlainFileTests {
    private func refusal(_ manifest: Manifest) -> String? {
        do { _ = try Manifest(reading: manifest.canonical()) } catch let error {
            guard case .invalid(_, let place, let reason) = error else { return "\(error)" }
            return place + " " + reason
        }
        return nil
    }

    @Test func `a manifest for Windows is read back the same, without extents`() throws {
        let manifest = try Sample.plain([
            Sample.directory("images"), Sample.file("images/a.tar", [1, 2]),
            Sample.file("roles/server/config.json", [3], destination: "config.json", roles: ["server"]),
        ]) { manifest in
            manifest.steps = [
                Step(.command(run: ["msiexec.exe"], undo: [], timeout: 5)), Step(.wait(run: ["x"], timeout: 5)),
            ]
            manifest.requirements = [
                WindowsRule.edition(editions: ["Professional"], build: 19_045), .activation,
                .feature(["Microsoft-Hyper-V"]), .freeMemory(minimum: .gibibytes(2)), .virtualization, .adapter,
                .productAbsent(["AKS Edge Essentials"]),
            ].enumerated().map { index, rule in
                Requirement(id: "rule-\(index)", rule: .windows(rule), severity: .fail, reason: "because")
            }
        }
        let bytes = manifest.canonical()
        #expect(try Manifest(reading: bytes) == manifest)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""extents":[]"#))
        #expect(manifest.payloadSize == 3)
        #expect(manifest.parts == "2 plain files")
    }

    @Test(arguments: [
        ("NUL", "device"), ("a/con.txt", "device"), ("Com1", "device"), ("lpt9.tar.gz", "device"),
        ("a./b", "ends with a dot"), ("a b", "other signs"), ("b/-x", "other signs"), ("ä", "other signs"),
        ("a:b", "other signs"), (String(repeating: "a", count: 161), "longer than 160"),
    ])
    func `refuses a name that a medium or Windows does not take as it is`(name: String, reason: String) throws {
        let found = try #require(refusal(try Sample.plain([Sample.file(name, [1])])))
        #expect(found.contains(reason), "\(found)")
        let laid = try #require(refusal(try Sample.plain([Sample.file("good", [1], destination: name)])))
        #expect(laid.contains(reason), "\(laid)")
    }

    @Test(arguments: ["null", "com10.txt", "console/a", ".hidden", "a..b", String(repeating: "a", count: 160)])
    func `takes names that only look like those`(name: String) throws {
        #expect(refusal(try Sample.plain([Sample.file(name, [1])])) == nil)
    }

    @Test(arguments: [
        (["a/x", "A/y"], "case only"), (["roles/r/a", "roles/R/b"], "case only"), (["a", "a/b"], "is a file"),
    ])
    func `refuses names that a medium would mix up`(names: [String], reason: String) throws {
        // For different roles, so that only the stored names meet.
        let entries = try zip(names, ["server", "agent"]).enumerated().map { index, pair in
            try Sample.file(pair.0, [1], destination: "place-\(index)", roles: [pair.1])
        }
        let found = try #require(refusal(try Sample.plain(entries)))
        #expect(found.contains(reason), "\(found)")
    }

    @Test(arguments: [
        ("a link", "is a link"), ("a mode", "another mode"), ("a user", "users"), ("a unit", "step unit"),
        ("an undo", "undo"), ("a Linux rule", "requirement r"), ("chunks", "volumes and chunks"),
    ])
    func `refuses what Windows does not have`(what: String, words: String) throws {
        var manifest = try Sample.plain([Sample.file("a", [1])])
        switch what {
        case "a link": manifest.entries.append(try Sample.link("b", to: "a"))
        case "a mode": manifest.entries[0].kind = .file(Permissions(mode: .secret), Sample.content([1]))
        case "a user": manifest.users = [SystemUser(name: "u", home: "/", shell: "/x")]
        case "a unit": manifest.steps = [Step(.unit(name: "a.service", enable: true, start: true, timeout: 5))]
        case "an undo": manifest.steps = [Step(.command(run: ["a"], undo: ["b"], timeout: 5))]
        case "a Linux rule":
            manifest.requirements = [Requirement(id: "r", rule: .swapOff, severity: .fail, reason: "x")]
        default: (manifest.volumes, manifest.chunks) = try { ($0.volumes, $0.chunks) }(Sample.manifest([]))
        }
        let found = try #require(refusal(manifest))
        #expect(found.contains(words), "\(found)")
    }

    @Test func `a rule about Windows has no place in a bundle for Linux`() throws {
        var manifest = try Sample.manifest([Sample.file("a", [1])])
        manifest.requirements = [
            Requirement(id: "r", rule: .windows(.virtualization), severity: .fail, reason: "x")
        ]
        #expect(try #require(refusal(manifest)).contains("requirement r"))
    }
}
