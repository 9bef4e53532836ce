import Definition
import Posix
import Reporting
import Testing
import Values

/// Templates of a definition, written in it or in a file, and the variables that they use.
struct TemplateFileTests {
    private static let variables = """
        variables:
          SITE: {type: string, ask: name}
          PORT: {type: port, ask: port}
          MODE: {type: enum, values: [a, b], ask: mode}

        """

    private func layout(_ template: String, _ text: String, inFile: Bool) throws(DefinitionError) -> Layout {
        var made: Result<Layout, DefinitionError>?
        do {
            try withFolder { folder in
                try Files.replace(folder.appending("t"), with: Array(text.utf8))
                let content = inFile ? "from: t" : "content: \"\(text.replacing("\n", with: "\\n"))\""
                let more = Self.variables + "files:\n  - {path: /etc/t, template: \(template), \(content)}\n"
                try Files.replace(folder.appending("a.yaml"), with: Array(definitionText(more).utf8))
                made = Result { () throws(DefinitionError) in
                    let definition = try Definition.load(folder.appending("a.yaml"))
                    guard let release = definition.profile.release(Version("v1.31.4+k3s1"), .amd64) else {
                        fatalError("K3s is for amd64")
                    }
                    return try Layout(definition, release)
                }
            }
        } catch { fatalError("a folder below /tmp: \(error)") }
        guard let made else { fatalError("made above") }
        return try made.get()
    }

    @Test(arguments: [
        ("plain", "site ${PORT} ${MODE}\n", nil), ("env", "A=${SITE}\n", nil),
        ("plain", "site ${SITE}\n", "found ${SITE} of type string"),
        ("plain", "t ${K3S_TOKEN}\n", "found ${K3S_TOKEN} of type secret"),
        ("yaml", "a: ${SITES}\n", "found ${SITES}"), ("json", "{}", nil),
    ])
    func `a template uses what is declared, and what its format can write`(
        template: String, text: String, words: String?
    ) throws {
        for inFile in [false, true] {
            guard let words else {
                #expect(throws: Never.self) { try layout(template, text, inFile: inFile) }
                continue
            }
            let found = try diagnostic { () throws(DefinitionError) in try layout(template, text, inFile: inFile) }
            #expect(found.message.hasSuffix(words), "\(found.message)")
            #expect(found.location?.line == 9)
            #expect(found.exitCode == .usage)
        }
    }

    @Test func `a file that is no template is told of with its line`() throws {
        let found = try diagnostic { () throws(DefinitionError) in try layout("env", "A=1\nB=${b}\n", inFile: true) }
        #expect(found.message.contains("line 2"), "\(found.message)")
        #expect(found.location?.line == 9)
    }
}
