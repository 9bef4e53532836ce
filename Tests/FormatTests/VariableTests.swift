import Testing

@testable import Format

struct VariableTests {
    @Test(arguments: [
        (
            VariableType.ipv4, ["10.0.0.1", "255.255.255.255"],
            ["10.0.0.256", "10.0.0", "010.0.0.1", "10.0.0.1 ", "::1", ""]
        ),
        (
            .ipv6, ["::1", "fd00::5", "2001:db8:0:0:0:0:0:1", "::ffff:10.0.0.1", "::"],
            [":::", "1::2::3", "fe80::1%eth0", "12345::", "1:2:3", "10.0.0.1"]
        ),
        (.ip, ["10.0.0.1", "::1"], ["host", ""]),
        (
            .cidr, ["10.42.0.0/16", "fd00::/8", "0.0.0.0/0"],
            ["10.42.0.1/16", "10.42.0.0/33", "10.42.0.0", "10.42.0.0/016"]
        ),
        (.hostname, ["node-1", "a.b.c", "n1"], ["-a", "a-", "a..b", "a_b", "a b", ""]),
        (.port, ["1", "65535"], ["0", "65536", "01", "+1", "80 "]),
        (.boolean, ["true", "false"], ["yes", "True", "1"]),
        (
            .integer, ["0", "-5", "9007199254740991"],
            ["9007199254740992", "007", "1.0", "--1", "", "-9223372036854775808", "-9007199254740992"]
        ),
        (
            .url, ["https://10.0.0.1:6443", "http://host/path?x=1", "https://[fd00::1]:6443"],
            [
                "ftp://h", "https://", "https://u:p@h", "https://h:99999", "https://h ost", "https://[fd00::1",
                "https://h\n",
            ]
        ),
        (
            .string, ["a", "ü", "a b", "\u{FEFF}a"],
            ["", "a\nb", "a\rb", "a\tb", "a\u{0}b", "a\u{7f}", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\u{FFFF}"]
        ),
        (
            .token, ["a", "K10abc::server:x", "H4sIAAAC/2yVz+Zb==", String(repeating: "a", count: 8_192)],
            ["", "a b", "a\nb", "a\"b", "a$b", "a\\b", "\u{E9}", String(repeating: "a", count: 8_193)]
        ),
        (.httpsURL, ["https://10.0.0.1:6443"], ["http://10.0.0.1:6443", "10.0.0.1", ""]),
        (.enumeration, ["vxlan", "v1.2"], ["", "a b", "a\"b", "ü"]),
        (.secret, ["s3cret \"$`"], ["", "a\nb"]),
    ])
    func accepts(type: VariableType, good: [String], bad: [String]) {
        for value in good { #expect(type.accepts(value), "\(value)") }
        for value in bad { #expect(!type.accepts(value), "\(value)") }
    }

    @Test(arguments: [
        (TemplateFormat.env, "K=${V}\n", "a\"b$c`d\\e", "K=\"a\\\"b\\$c\\`d\\\\e\"\n"),
        (.yaml, "k: ${V}\n", "x: 'y' #", "k: \"x: 'y' #\"\n"),
        (.json, "{\"k\":${V}}", "a\"b", "{\"k\":\"a\\\"b\"}"),
        (.plain, "k ${V} $$ $x $", "v", "k v $ $x $"),
    ])
    func `values are encoded for the file's format`(format: TemplateFormat, text: String, value: String, result: String)
        throws
    {
        let template = try Template(Array(text.utf8), format: format)
        #expect(template.variables == ["V"])
        #expect(String(decoding: template.rendered { _ in (.string, value) }, as: UTF8.self) == result)
    }

    @Test(arguments: ["${", "${}", "${a}", "${A", "x\n${A B}\n"])
    func `a template that does not close is refused`(text: String) {
        #expect(throws: FormatError.self) { try Template(Array(text.utf8), format: .plain) }
    }

    @Test func `numbers stand bare in YAML, and a line without its value is left out`() throws {
        let template = try Template(Array("a: ${P}\nb: ${Q}\nc: 1".utf8), format: .yaml)
        let result = template.rendered { $0 == "P" ? (.port, "80") : nil }
        #expect(String(decoding: result, as: UTF8.self) == "a: 80\nc: 1")
    }
}
