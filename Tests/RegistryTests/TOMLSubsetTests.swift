import Testing

@testable import Registry

@Suite struct TOMLSubsetTests {
    @Test func `reads what hosts files are written in`() throws {
        let text = """
            # a comment
            server = "https://registry.example"  # another
            count = 3

            [host."https://mirror.example:5000"]
              capabilities = ["pull", 'resolve',] # trailing comma
              skip_verify = false
              client = [["a.cert",
                "a.key"]]

            [ host . 'plain' ]
            path = "a \\"b\\" \\\\ c"
            """
        let tables = try TOMLSubset(Array(text.utf8)).tables
        #expect(tables.map(\.path) == [[], ["host", "https://mirror.example:5000"], ["host", "plain"]])
        #expect(tables[0].entries.map(\.value) == [.text("https://registry.example"), .number(3)])
        #expect(
            tables[1].entries.map(\.value) == [
                .list([.text("pull"), .text("resolve")]), .flag(false),
                .list([.list([.text("a.cert"), .text("a.key")])]),
            ])
        #expect(tables[2].entries == [.init(key: "path", value: .text("a \"b\" \\ c"), line: 12)])
    }

    @Test(arguments: [
        ("a = \n", 1), ("a\n", 1), ("= 1\n", 1), ("a = {b = 1}\n", 1), ("\na = 2026-01-01\n", 2), ("a = 1.5\n", 1),
        ("a = \"\"\"x\"\"\"\n", 1), ("a = \"x\n\"\n", 1), ("a = \"\\u0041\"\n", 1), ("a.b = 1\n", 1), ("[[a]]\n", 1),
        ("[a\n", 1), ("[a] x = 1\n", 1), ("a = 1 b = 2\n", 1), ("a = 1\na = 2\n", 2), ("[a]\n[b]\n[a]\n", 3),
        ("a = [1, 2\n", 2), ("a = [[[[[1]]]]]\n", 1), ("a = true false\n", 1), ("a = \"x", 1),
    ])
    func refuses(text: String, line: Int) {
        let refusal = #expect(throws: TOMLSubset.Refusal.self) { try TOMLSubset(Array(text.utf8)) }
        #expect(refusal?.line == line)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: TOMLSubset.Refusal.self) { try TOMLSubset([0xFF, 0x0A]) }
    }
}

@Suite struct HostsFileTests {
    private func read(_ text: String) throws -> HostsFile {
        try HostsFile(Array(text.utf8), upstream: "https://registry.example")
    }

    @Test func `mirrors come in order, then the server`() throws {
        let file = try read(
            """
            server = "https://up.example"
            ca = "up.crt"
            [host."http://m1:5000"]
            capabilities = ["pull"]
            override_path = true
            [host."https://m2/v2"]
            ca = ["a.crt", "b.crt"]
            client = [["c.cert", "c.key"]]
            """)
        #expect(file.mirrors.map(\.address) == ["http://m1:5000", "https://m2/v2"])
        #expect(file.mirrors.map(\.resolves) == [false, true])
        #expect(file.mirrors.map(\.overridesPath) == [true, false])
        #expect(file.mirrors[1].authorities == ["a.crt", "b.crt"])
        #expect(file.mirrors[1].client == HostsFile.Pair(certificate: "c.cert", key: "c.key"))
        #expect(file.server?.address == "https://up.example")
        #expect(file.server?.authorities == ["up.crt"])
        #expect(try read("[host.\"https://m\"]\n").server == nil)
        #expect(try read("client = \"both.pem\"\n").server?.address == "https://registry.example")
    }

    @Test(arguments: [
        ("skip_verify = true\n", 1), ("[host.\"https://m\"]\nskip_verify = true\n", 2), ("[host.\"m:5000\"]\n", 1),
        ("server = \"registry.example\"\n", 1), ("[host.\"https://m\"]\n\nsurprise = 1\n", 3), ("[hosts]\n", 1),
        ("[host.\"https://m\".header]\nx = \"y\"\n", 1), ("[host.\"https://m\"]\ncapabilities = [\"fly\"]\n", 2),
        ("[host.\"https://m\"]\ncapabilities = [1]\n", 2), ("ca = true\n", 1), ("override_path = \"yes\"\n", 1),
        ("client = [[\"only.cert\"]]\n", 1), ("client = [\"a\", \"b\"]\n", 1),
    ])
    func `what is unknown or unsafe is refused with its line`(text: String, line: Int) {
        let refusal = #expect(throws: TOMLSubset.Refusal.self) { try read(text) }
        #expect(refusal?.line == line)
    }
}
