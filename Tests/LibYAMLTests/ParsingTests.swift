import LibYAML
import Reporting
import Testing
import Values

private func parse(_ text: String, limits: YAMLLimits = .standard) throws(YAMLError) -> YAMLDocument {
    try YAMLDocument.parse(Array(text.utf8), file: "a.yaml", limits: limits)
}

private func place(_ line: Int, _ column: Int, _ excerpt: String) -> Reporting.SourceLocation {
    Reporting.SourceLocation(file: "a.yaml", line: line, column: column, excerpt: excerpt)
}

struct ParsingTests {
    @Test func `keeps order, styles and places`() throws {
        let root = try parse("b: 'x'\na:\n  - 1\n  - {k: true}\n").root
        guard case .mapping(let entries) = root.kind else { Issue.record("no mapping"); return }
        #expect(entries.map(\.key) == ["b", "a"])
        #expect(entries[1].keyMark == YAMLMark(line: 2, column: 1))
        guard case .sequence(let items) = entries[1].value.kind else { Issue.record("no list"); return }
        #expect(items.map(\.mark) == [YAMLMark(line: 3, column: 5), YAMLMark(line: 4, column: 5)])
        #expect(entries[0].value.kind == .scalar(try scalar("'x'")))
    }

    private func scalar(_ text: String) throws -> YAMLScalar {
        guard case .scalar(let scalar) = try parse(text).root.kind else { throw YAMLError.empty(file: text) }
        return scalar
    }

    @Test(arguments: [
        ("true", YAMLScalar.Meaning.bool(true)), ("false", .bool(false)), ("True", .text("True")),
        ("yes", .text("yes")),
        ("on", .text("on")), ("n", .text("n")), ("0", .integer(0)), ("-17", .integer(-17)), ("6443", .integer(6443)),
        ("+1", .text("+1")), ("0755", .text("0755")), ("0o7", .text("0o7")), ("0x1f", .text("0x1f")),
        ("1_000", .text("1_000")), ("12:30", .text("12:30")), ("-0", .integer(0)),
        ("9223372036854775807", .integer(.max)), ("1.31", .decimal("1.31")), ("1e3", .decimal("1e3")),
        ("1.", .text("1.")), (".5", .text(".5")), ("2026.11.0", .text("2026.11.0")), ("~", .null), ("null", .null),
        ("'true'", .text("true")), ("\"1\"", .text("1")), ("!!str 1", .text("1")), ("2001-01-01", .text("2001-01-01")),
        (".inf", .text(".inf")), ("|\n  yes\n", .text("yes\n")),
    ])
    func `resolves by the strict core schema`(text: String, meaning: YAMLScalar.Meaning) throws {
        #expect(try scalar(text).meaning == meaning)
    }

    @Test func `a byte order mark is no character`() throws {
        let document = try YAMLDocument.parse([0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "a.yaml")
        #expect(document.root.value == .map([YAMLMember("a", 1)]))
    }

    @Test func `reads several documents and leaves out empty ones`() throws {
        let text = "---\na: 1\n---\n---\nb: 2\n"
        let documents = try YAMLDocument.parseStream(Array(text.utf8), file: "m.yaml")
        #expect(documents.map(\.root.value) == [.map([YAMLMember("a", 1)]), .map([YAMLMember("b", 2)])])
    }

    @Test func `an alias repeats its node at its own place`() throws {
        let root = try parse("a: &x [1, 2]\nb: *x\n").root
        #expect(root.value == .map([YAMLMember("a", .list([1, 2])), YAMLMember("b", .list([1, 2]))]))
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", YAMLError.duplicateKey("a", place(2, 1, "a: 2"), firstLine: 1)),
        ("a: 1\n\"a\": 2\n", .duplicateKey("a", place(2, 1, "\"a\": 2"), firstLine: 1)),
        ("a:\n\tb: 1\n", .tab(place(2, 1, "\tb: 1"))),
        ("[1]: x\n", .keyNotText(place(1, 1, "[1]: x"))),
        ("a: *b\n", .unknownAlias("b", place(1, 4, "a: *b"))),
        ("a: &a [*a]\n", .unknownAlias("a", place(1, 8, "a: &a [*a]"))),
        ("a: !secret x\n", .unknownTag("!secret", place(1, 4, "a: !secret x"))),
        ("a: !!int x\n", .unknownTag("tag:yaml.org,2002:int", place(1, 4, "a: !!int x"))),
        ("a: !!binary x\n", .unknownTag("tag:yaml.org,2002:binary", place(1, 4, "a: !!binary x"))),
        ("", .empty(file: "a.yaml")), ("# only words\n", .empty(file: "a.yaml")), ("---\n", .empty(file: "a.yaml")),
        ("a: 1\n---\nb: 2\n", .severalDocuments(place(3, 1, "b: 2"))),
        ("ä: \u{7}\n", .character(place(1, 4, "ä: \u{7}"))),
    ])
    func refuses(text: String, error: YAMLError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test(arguments: [
        ("a: b: c\n", 1, 5, "put text that holds `: ` in quotes, or begin the key on a line of its own"),
        ("a: 1\n b: 2\n", 2, 3, "put text that holds `: ` in quotes, or begin the key on a line of its own"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "line the key up with the keys above it, and close open quotes and brackets"),
        ("a: [1, 2\nb: 3\n", 2, 2, "separate the items with commas and close the list with `]`"),
        ("a: \"open\n", 2, 1, "close the quotes"),
        ("a: @x\n", 1, 4, "put text that begins with this character in quotes"),
        ("a: %x\n", 1, 4, "put text that begins with this character in quotes"),
    ])
    func `says what would have been right`(text: String, line: Int, column: Int, next: String) throws {
        let error = #expect(throws: YAMLError.self) { try parse(text) }
        let diagnostic = try #require(error).diagnostic
        #expect(diagnostic.location?.line == line)
        #expect(diagnostic.location?.column == column)
        #expect(diagnostic.next == next)
        #expect(diagnostic.exitCode == .usage)
    }

    @Test func `bad UTF-8 is shown at its line and column`() {
        #expect(throws: YAMLError.notUTF8(place(2, 2, "ü\u{FFFD}"))) {
            try YAMLDocument.parse(
                Array("a: 1\r\n".utf8) + [0xC3, 0xBC, 0xFF], file: "a.yaml")
        }
    }

    @Test func `UTF-16 is refused as what it is`() {
        #expect(throws: YAMLError.notUTF8(place(1, 1, "\u{FFFD}\u{FFFD}a\0"))) {
            try YAMLDocument.parse([0xFF, 0xFE, 0x61, 0x00], file: "a.yaml")
        }
    }
}

struct LimitTests {
    private let small = YAMLLimits(size: 200, depth: 3, nodes: 12, aliases: 2)

    @Test func `the size is checked before anything is read`() {
        #expect(throws: YAMLError.tooLarge(file: "a.yaml", size: 201, limit: 200)) {
            try parse(String(repeating: "-", count: 201), limits: small)
        }
    }

    @Test func `nesting ends at the limit`() throws {
        #expect(try parse("[[[1]]]", limits: small).root.value == .list([.list([.list([1])])]))
        #expect(throws: YAMLError.tooDeep(place(1, 4, "[[[[1]]]]"), limit: 3)) { try parse("[[[[1]]]]", limits: small) }
    }

    @Test func `a hundred thousand open brackets end at once`() throws {
        let error = #expect(throws: YAMLError.self) { try parse(String(repeating: "[", count: 100_000)) }
        guard case .tooDeep(_, limit: 64) = try #require(error) else { Issue.record("another error"); return }
    }

    @Test func `billion laughs end at the limit of nodes`() throws {
        var text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        for (name, before) in zip("bcdefg", "abcdef") {
            text += "\(name): &\(name) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ",") + "]\n"
        }
        let error = #expect(throws: YAMLError.self) { try parse(text) }
        guard case .tooManyNodes(_, limit: 200_000) = try #require(error) else { Issue.record("another error"); return }
    }

    @Test func `aliases are counted`() throws {
        #expect(throws: YAMLError.tooManyAliases(place(1, 16, "[&a 1, *a, *a, *a]"), limit: 2)) {
            try parse("[&a 1, *a, *a, *a]", limits: small)
        }
    }

    @Test func `what an alias repeats is counted again`() {
        #expect(throws: YAMLError.tooManyNodes(place(2, 4, "b: *a"), limit: 12)) {
            try parse("a: &a [1, 2, 3, 4, 5]\nb: *a\n", limits: small)
        }
    }
}
