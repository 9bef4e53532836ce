import Apply
import BundleFixture
import Format
import Reporting
import Testing

@Suite struct `values of a site` {
    static let manifest: Manifest = {
        do {
            return try PlantSite().bundle.manifest
        } catch { fatalError("\(error)") }
    }()

    private func values(
        _ sources: [ValueSource], role: String = "server", ask: SiteValues.Question? = nil
    ) throws -> SiteValues {
        try SiteValues(for: role, of: Self.manifest, from: sources, asking: ask)
    }

    private func file(_ text: String) throws -> ValueSource { try .file("site.env", Array(text.utf8)) }

    @Test func `the command line goes before a file`() throws {
        let chosen = try values([.commandLine(["NODE_IP=10.0.0.1"]), file("NODE_IP=10.0.0.2\nK3S_TOKEN=x")])
        #expect(chosen.shown.map(\.value) == ["10.0.0.1"])
        #expect(chosen.secrets == ["K3S_TOKEN"])
    }

    @Test(arguments: [
        "K3S_TOKEN=x", "  K3S_TOKEN =x", "# a word\n\nK3S_TOKEN=x\r\n", "K3S_TOKEN=\"x\"",
        "K3S_TOKEN='x'", "K3S_TOKEN= x ", "\u{FEFF}K3S_TOKEN=x", "K3S_TOKEN=x=\"y",
    ])
    func `lines as people write them`(text: String) throws {
        #expect(try values([file(text)]).secrets == ["K3S_TOKEN"])
    }

    @Test func `an empty value means none`() throws {
        let chosen = try values([file("NODE_IP=\nK3S_TOKEN=x"), file("NODE_IP=10.0.0.2")])
        #expect(chosen.shown.isEmpty)
    }

    @Test func `all that is missing is named at once`() throws {
        let error = #expect(throws: ApplyError.self) { try values([], role: "agent") }
        #expect(error?.diagnostic.message == "values are missing: K3S_URL, K3S_TOKEN")
        #expect(error?.diagnostic.exitCode == .usage)
    }

    @Test func `a secret on the command line is refused`() throws {
        #expect(throws: ApplyError.secretOnCommandLine(name: "K3S_TOKEN")) {
            try values([.commandLine(["K3S_TOKEN=x"])])
        }
    }

    @Test func `a misspelt name is refused, with the right one`() throws {
        let error = #expect(throws: ApplyError.self) { try values([file("NODEIP=10.0.0.1\nK3S_TOKEN=x")]) }
        #expect(error?.diagnostic.next == "did you mean NODE_IP?")
    }

    @Test func `a value of another type is refused, and a secret is not shown`() throws {
        let wrong = #expect(throws: ApplyError.self) { try values([file("NODE_IP=ten\nK3S_TOKEN=x")]) }
        #expect(wrong?.diagnostic.message.contains("\"ten\"") == true)
        let secret = #expect(throws: ApplyError.self) { try values([file("K3S_TOKEN=a\u{7}b")]) }
        #expect(secret?.diagnostic.message.contains("a\u{7}b") == false)
        #expect(secret?.diagnostic.message.contains("K3S_TOKEN") == true)
    }

    @Test func `a person is asked for what nobody gave`() throws {
        var asked: [String] = []
        let chosen = try values([file("NODE_IP=10.0.0.1")]) { variable in
            asked.append(variable.name)
            return variable.type.isSecret ? "typed" : nil
        }
        #expect(asked == ["K3S_URL", "K3S_TOKEN"])
        #expect(chosen.secrets == ["K3S_TOKEN"])
    }

    @Test(arguments: [
        ("NODE_IP", "line 2 of \"site.env\": it has no ="),
        ("=10.0.0.1", "line 2 of \"site.env\": before the = stands no name of A-Z, 0-9 and _"),
        ("export NODE_IP=10.0.0.1", "line 2 of \"site.env\": before the = stands no name of A-Z, 0-9 and _"),
        ("node_ip=10.0.0.1", "line 2 of \"site.env\": before the = stands no name of A-Z, 0-9 and _"),
        ("K3S_TOKEN=y", "line 2 of \"site.env\": K3S_TOKEN stands on line 1 already"),
        ("\n\nNODE_IP=\"10.0.0.1", "line 4 of \"site.env\": a quote opens and does not close at its end"),
        ("NODE_IP='", "line 2 of \"site.env\": a quote opens and does not close at its end"),
    ])
    func `a line that is no value is refused with its number`(text: String, words: String) throws {
        let error = #expect(throws: ApplyError.self) { try values([file("K3S_TOKEN=x\n" + text)]) }
        #expect(error?.diagnostic.message == "cannot read " + words)
        #expect(error?.diagnostic.exitCode == .usage)
    }

    @Test func `a wrong value and an unknown name are shown with their line`() throws {
        for text in ["K3S_TOKEN=x\n\nNODE_IP=10.0.0.256", "K3S_TOKEN=x\n# words\nNODE_PI=10.0.0.5"] {
            let error = #expect(throws: ApplyError.self) { try values([file(text)]) }
            #expect(error?.diagnostic.details.contains(.init("from", "site.env, line 3")) == true)
        }
    }

    @Test func `what is shown names who gave it, and no secret`() throws {
        let chosen = try values([.commandLine(["NODE_IP=10.0.0.1"]), file("# a\nK3S_TOKEN=hunter2")])
        #expect(
            chosen.text == """
                values
                  K3S_TOKEN  (secret, not shown)  from site.env, line 2
                  NODE_IP    10.0.0.1             from --set

                """)
    }
}
