import LibCurl
import Testing
import Values

struct WebAddressTests {
    @Test(arguments: [
        ("http://Example.COM", "http://example.com/", "example.com", 80, "/"),
        ("https://a.b:8443/x/../y?q#f", "https://a.b:8443/y?q", "a.b", 8443, "/y"),
        ("https://A.b:443/x?q", "https://a.b/x?q", "a.b", 443, "/x"),
        ("HTTPS://[::1]:5000/v2/", "https://[::1]:5000/v2/", "[::1]", 5000, "/v2/"),
    ])
    func `takes apart`(written: String, text: String, host: String, port: Int, path: String) throws {
        let address = try WebAddress(written)
        #expect(address.text == text)
        #expect(address.origin.host == host)
        #expect(address.origin.port == port)
        #expect(address.path == path)
    }

    @Test(arguments: ["ftp://a/b", "file:///etc/passwd", "gopher://a", "ldap://a"])
    func `refuses other schemes`(text: String) {
        let scheme = String(text.prefix { $0 != ":" })
        #expect(throws: WebAddress.Refusal.scheme(scheme)) { try WebAddress(text) }
    }

    @Test(arguments: [
        "", "a/b", "//a/b", "http://", "http://a:99999/", "http://a b/", "http://[::1/", "http://a\u{0}b/",
    ])
    func `refuses what is no absolute address`(text: String) {
        #expect(throws: WebAddress.Refusal.self) { try WebAddress(text) }
    }

    @Test func `credentials stand apart from the text`() throws {
        let address = try WebAddress("https://us%40er:p%3Aw@host/x?token=abc")
        #expect(address.credentials == WebAddress.Credentials(user: "us@er", password: "p:w"))
        #expect(address.text == "https://host/x?token=abc")
        #expect(address.description == "https://host/x?…")
    }

    @Test(arguments: [
        ("/z", "https://h:1/z"), ("z", "https://h:1/a/z"), ("../z?p", "https://h:1/z?p"), ("?q", "https://h:1/a/b?q"),
        ("//other/z", "https://other/z"), ("http://h:1/", "http://h:1/"), ("/a b", "https://h:1/a%20b"),
    ])
    func `resolves a location`(reference: String, expected: String) throws {
        let resolved = try WebAddress("https://user:pw@h:1/a/b?x").resolving(reference)
        #expect(resolved.text == expected)
        #expect(resolved.credentials == nil)
    }

    @Test func `origins differ by scheme, host and port`() throws {
        let origin = try WebAddress("https://a/").origin
        #expect(try WebAddress("https://A:443/b").origin == origin)
        for other in ["http://a:443/", "https://a:444/", "https://a.b/"] {
            #expect(try WebAddress(other).origin != origin)
        }
    }
}
