import Testing
import Values

@testable import Registry

@Suite struct TokenRealmTests {
    private let https = WebOrigin(scheme: .https, host: "registry.example", port: 443)
    private let loopback = WebOrigin(scheme: .http, host: "127.0.0.1", port: 5_000)

    @Test(arguments: [
        ("http://auth.example/token", RealmRefusal.plainHTTP),
        ("https://169.254.169.254/latest/meta-data/", .privateAddress),
        ("https://10.0.0.1/token", .privateAddress), ("https://192.168.1.1/token", .privateAddress),
        ("https://172.31.255.255/token", .privateAddress), ("https://127.0.0.1/token", .privateAddress),
        ("https://100.64.0.1/token", .privateAddress), ("https://0.0.0.0/token", .privateAddress),
        ("https://2130706433/token", .privateAddress), ("https://0x7f.1/token", .privateAddress),
        ("https://[::1]/token", .privateAddress), ("https://[fd00::1]/token", .privateAddress),
        ("https://[fe80::1]/token", .privateAddress), ("https://[::ffff:10.0.0.1]/token", .privateAddress),
        ("https://[64:ff9b::a9fe:a9fe]/token", .privateAddress), ("https://localhost/token", .privateAddress),
        ("https://LOCALHOST:444/token", .privateAddress), ("https://a.localhost/token", .privateAddress),
        ("https://user:pass@auth.example/token", .credentials), ("https://user@registry.example/token", .credentials),
        ("ftp://auth.example/token", .address), ("file:///etc/hosts", .address), ("/token", .address),
        ("auth.example/token", .address), ("", .address), ("https://", .address),
    ])
    func refuses(text: String, refusal: RealmRefusal) {
        let error = #expect(throws: AuthorizationTrouble.self) { try TokenRealm(text, registry: https) }
        guard case .realm(let shown, refusal)? = error else {
            Issue.record("\(text): \(String(describing: error))")
            return
        }
        #expect(!shown.contains("pass"))
    }

    @Test(arguments: [
        "https://auth.docker.io/token", "https://registry.example/token", "https://registry.example:8443/t?x=y",
        "https://8.8.8.8/token", "https://172.32.0.1/token", "https://[2001:4860::1]/token",
    ])
    func takes(text: String) throws {
        #expect(try TokenRealm(text, registry: https).url == text)
    }

    @Test(arguments: ["http://127.0.0.1:5001/token", "https://127.0.0.1/token", "http://auth.example/token"])
    func `a registry in plain http, and the registry's own host, may have more`(text: String) throws {
        #expect(try TokenRealm(text, registry: loopback).url == text)
        #expect(throws: AuthorizationTrouble.realm("http://10.0.0.1/t", .privateAddress)) {
            try TokenRealm("http://10.0.0.1/t", registry: loopback)
        }
    }

    @Test func `parameters follow those that the realm has`() throws {
        let realm = try TokenRealm("https://a.example/t?x=y#fragment", registry: https)
        #expect(
            realm.adding([("scope", "repository:a/b:pull,push"), ("service", "a b")])
                == "https://a.example/t?x=y&scope=repository%3Aa%2Fb%3Apull%2Cpush&service=a%20b")
    }
}
