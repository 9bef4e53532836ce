import Reporting
import Testing

@Suite struct DiagnosticTests {
    @Test func `a diagnostic says what, where and what next`() {
        let diagnostic = Diagnostic(
            "cannot accept \(quoted("images/coredns.tar.zst")): 4 194 304 of 18 221 009 bytes arrived",
            details: [.init("in", "site-2.bundle, volume 3 of 5")],
            next: "compare the file's size on both sides of the transfer, then copy volume 3 again",
            exitCode: .damaged)
        #expect(
            diagnostic.lines(program: "sealift") == [
                #"sealift: error: cannot accept "images/coredns.tar.zst": 4 194 304 of 18 221 009 bytes arrived"#,
                "sealift:   in: site-2.bundle, volume 3 of 5",
                "sealift:   next: compare the file's size on both sides of the transfer, then copy volume 3 again",
            ])
    }

    @Test(
        arguments: [
            ("platfrom: {profile: k3s}", 1, ["platfrom: {profile: k3s}", "^"]),
            ("  a: b", 3, ["  a: b", "  ^"]), ("\ta: b", 2, [" a: b", " ^"]), ("ab", 3, ["ab", "  ^"]),
            ("ab", 99, ["ab", "  ^"]), ("", 1, ["", "^"]), ("名: x", 4, ["名: x", "    ^"]),
            ("a\u{202E}b", 3, ["a\\u{202e}b", "         ^"]),
            (
                String(repeating: "x", count: 200) + "!", 201,
                ["..." + String(repeating: "x", count: 60) + "!", String(repeating: " ", count: 63) + "^"]
            ),
            (
                "!" + String(repeating: "x", count: 200), 1,
                ["!" + String(repeating: "x", count: 96) + "...", "^"]
            ),
        ] as [(String, Int, [String])])
    func `the caret stands below the column`(excerpt: String, column: Int, shown: [String]) {
        let location = SourceLocation(file: "line7.yaml", line: 3, column: column, excerpt: excerpt)
        let diagnostic = Diagnostic("unknown key", at: location, exitCode: .usage)
        #expect(
            diagnostic.lines(program: "p")
                == ["p: error: line7.yaml:3:\(column): unknown key"] + shown.map { "p:   | " + $0 })
    }

    @Test func `no input can forge a line or move the cursor`() {
        let diagnostic = Diagnostic(
            "a\nsealift: all is well", severity: .warning, at: SourceLocation(file: "f\r", line: 1, column: 1),
            details: [.init("in", "x\u{1B}[2J")], next: "go\u{2028}on", exitCode: .usage)
        #expect(
            diagnostic.lines(program: "sealift") == [
                "sealift: warning: f\\u{d}:1:1: a\\u{a}sealift: all is well", "sealift:   in: x\\u{1b}[2J",
                "sealift:   next: go\\u{2028}on",
            ])
    }

    @Test func `fields come in order and leave out what is not there`() {
        #expect(
            Diagnostic("no", severity: .note, exitCode: .done).fields == [
                ReportField("severity", .text("note")), ReportField("message", .text("no")),
                ReportField("exitCode", .number(0)),
            ])
        let full = Diagnostic(
            "no", at: SourceLocation(file: "f", line: 1, column: 2), details: [.init("in", "x")], next: "go",
            exitCode: .damaged)
        #expect(full.fields.map(\.name) == ["severity", "message", "location", "details", "next", "exitCode"])
        #expect(full.fields[3].value == .list([.fields([.init("label", .text("in")), .init("text", .text("x"))])]))
        #expect(full.fields[5].value == .number(11))
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("a\"b\\", #""a\"b\\""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{1B}\u{202E}", #""\u{1b}\u{202e}""#),
        ("é名", #""é名""#),
    ])
    func quotes(text: String, shown: String) {
        #expect(quoted(text) == shown)
    }
}
