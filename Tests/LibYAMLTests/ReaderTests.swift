import LibYAML
import Reporting
import Testing

private func reader(_ text: String) throws(YAMLError) -> YAMLReader {
    try YAMLDocument.parse(Array(text.utf8), file: "a.yaml").reader
}

struct ReaderTests {
    private func value(_ text: String) throws(YAMLError) -> YAMLReader {
        try reader("outer: {key: \(text)}").map(["outer"]).required("outer").map(["key"]).required("key")
    }

    private func error(_ expected: String, _ found: String, _ text: String) -> YAMLError {
        .unexpected(
            Reporting.SourceLocation(file: "a.yaml", line: 1, column: 14, excerpt: "outer: {key: \(text)}"),
            place: "outer.key",
            found: found, expected: expected)
    }

    @Test(arguments: [
        ("yes", "\"yes\""), ("on", "\"on\""), ("True", "\"True\""), ("1", "the number 1"), ("\"true\"", "\"true\""),
        ("~", "nothing"), ("[true]", "a list"), ("{}", "a map"),
    ])
    func `a truth value is true or false`(text: String, found: String) throws {
        #expect(try value("true").bool())
        #expect(throws: error("true or false", found, text)) { try value(text).bool() }
    }

    @Test(arguments: [
        ("true", "text: \"true\" in quotes", "true"), ("6443", "text: \"6443\" in quotes", "the number 6443"),
        ("~", "text", "nothing"), ("[a]", "text", "a list"),
    ])
    func `text is text`(text: String, expected: String, found: String) throws {
        #expect(try value("v1.31").string() == "v1.31")
        #expect(try value("1.30").string() == "1.30")
        #expect(try value("\"6443\"").string() == "6443")
        #expect(throws: error(expected, found, text)) { try value(text).string() }
    }

    @Test(arguments: [
        ("0755", "\"0755\""), ("0o7", "\"0o7\""), ("1.5", "the number 1.5"), ("\"1\"", "\"1\""),
        ("70000", "the number 70000"),
    ])
    func `a whole number is decimal and in range`(text: String, found: String) throws {
        #expect(try value("6443").integer() == 6443)
        #expect(throws: error("a whole number from 1 to 65535", found, text)) {
            try value(text).integer(in: 1...65_535)
        }
    }

    @Test func `words are offered`() throws {
        let failure = #expect(throws: YAMLError.self) { try value("pul").word(of: ["pull", "archive"]) }
        #expect(failure?.diagnostic.message == "outer.key: expected one of pull, archive, found \"pul\"")
        #expect(failure?.diagnostic.next == "did you mean \"pull\"?")
    }

    @Test func `an unknown key is named with its place, the nearest and all known ones`() throws {
        let failure = #expect(throws: YAMLError.self) {
            _ = try reader("platform:\n  proflie: k3s\n").map(["platform"]).required("platform").map([
                "profile", "arch",
            ])
        }
        let diagnostic = try #require(failure).diagnostic
        #expect(diagnostic.message == "platform: unknown key \"proflie\"")
        #expect(diagnostic.location?.description == "a.yaml:2:3")
        #expect(diagnostic.location?.excerpt == "  proflie: k3s")
        #expect(diagnostic.details == [Diagnostic.Detail("known keys", "arch, profile")])
        #expect(diagnostic.next == "did you mean \"profile\"?")
    }

    @Test func `a missing key is named`() throws {
        let failure = #expect(throws: YAMLError.self) {
            try reader("a: {b: 1}").map(["a"]).required("a").map(["b", "c"]).required("c")
        }
        #expect(try #require(failure).diagnostic.message == "a: the key \"c\" is missing")
        #expect(try #require(failure).diagnostic.next == "add `c: …`")
    }

    @Test func `list elements know their index`() throws {
        let list = try reader("a: [x, [y]]").map(["a"]).required("a").list()
        #expect(list.map(\.place) == ["a[0]", "a[1]"])
    }

    @Test(arguments: [
        ("imges", "images"), ("Image", "images"), ("manifest", "manifests"), ("iamges", "images"), ("colour", nil),
        ("x", nil),
    ])
    func `the nearest word is near`(word: String, found: String?) {
        #expect(nearest(to: word, in: ["images", "manifests", "name"]) == found)
    }
}

struct WritingTests {
    @Test func `writes block style, one spelling for each value`() {
        let value = YAMLValue.map([
            YAMLMember("name", "line7"), YAMLMember("version", "2026.11.0"), YAMLMember("empty", .list([])),
            YAMLMember("none", .map([])),
            YAMLMember(
                "images",
                .list([.map([YAMLMember("ref", "docker.io/a:1"), YAMLMember("size", 7)]), .list(["x", true]), .null])),
        ])
        #expect(
            value.text == """
                name: line7
                version: "2026.11.0"
                empty: []
                none: {}
                images:
                  - ref: docker.io/a:1
                    size: 7
                  - - x
                    - true
                  - null

                """)
    }

    @Test(arguments: [
        "yes", "No", "on", "null", "~", "1", "0755", "1.5", "true", "", " a", "a ", "a: b", "a #b", "a:", "- a", "*a",
        "&a",
        "!a", "%a", "@a", "`a", "{a", "[a", "a\nb", "tab\there", "\u{7}", "\u{85}", "\u{2028}", "\u{FEFF}x", "ünïcode",
        "quote\"",
        "back\\slash", "'single'", "12:30", "2001-01-01", "<<", "=", "a  b", "k: v\nadmin: true", "sha256:abc",
        "/usr/local/bin",
        "https://x.example/a?b=c&d", "😀", "a,b", "y",
    ])
    func `text survives whatever it holds`(text: String) throws {
        let value = YAMLValue.map([YAMLMember(text, .list([.string(text), .map([YAMLMember("k", .string(text))])]))])
        #expect(try YAMLDocument.parse(Array(value.text.utf8), file: "a.yaml").root.value == value)
    }

    @Test(arguments: [
        YAMLValue.null, 1, -1, true, "text", .bare("1.5"), .list([]), .map([]), .list([.list([.list([1])])]),
    ])
    func `values survive`(value: YAMLValue) throws {
        #expect(try YAMLDocument.parse(Array("a: 0\n".utf8), file: "probe").root.value == .map([YAMLMember("a", 0)]))
        guard value != .null else { return }
        #expect(try YAMLDocument.parse(Array(value.text.utf8), file: "a.yaml").root.value == value)
    }
}
