import Fetch
import LoopbackServer
import Posix
import Reporting
import Testing
import Values

/// Whom we believe, and to whom we show ourselves, against `openssl s_server`.
struct TLSTests {
    private let stage: TLSStage

    init() throws { stage = try TLSStage() }

    private func fetch(
        _ port: Int, environment: [String: String] = [:], host: String = "127.0.0.1", trust: HostTrust? = nil
    ) throws -> FetchedDocument {
        let fetcher = try makeFetcher(environment: environment) {
            $0.retry.tries = 1
            $0.trust = { origin in origin.host == host && origin.port == port ? trust : nil }
        }
        return try fetcher.document(FetchRequest(url: "https://\(host):\(port)/"), limit: 65_536)
    }

    private func trouble(_ body: () throws -> FetchedDocument) -> ConnectionTrouble? {
        let error = #expect(throws: FetchError.self) { try body() }
        return error?.trouble?.0
    }

    @Test func `an authority of the environment is believed, others are not`() throws {
        let authority = stage["ca.pem"].text
        try stage.withServer { port throws in
            #expect(trouble { try fetch(port) } == .certificate)
            #expect(try fetch(port, environment: ["SSL_CERT_FILE": authority]).status == 200)
            #expect(
                try fetch(port, environment: ["CURL_CA_BUNDLE": authority, "SSL_CERT_FILE": "/absent"]).status == 200)
            #expect(trouble { try fetch(port, environment: ["SSL_CERT_FILE": "/absent"]) } == .certificate)
            #expect(
                trouble { try fetch(port, environment: ["SSL_CERT_FILE": stage["client.pem"].text]) } == .certificate)
            // The certificate names 127.0.0.1 only.
            let named = ["SSL_CERT_FILE": authority]
            #expect(trouble { try fetch(port, environment: named, host: "localhost") } == .certificate)
        }
    }

    @Test func `an extra authority is believed for its host only`() throws {
        let authorities = try Files.read(stage["ca.pem"], limit: 65_536)
        try stage.withServer { port throws in
            #expect(try fetch(port, trust: HostTrust(authorities: authorities)).status == 200)
            let other = try makeFetcher {
                $0.retry.tries = 1
                $0.trust = { $0.port == port ? nil : HostTrust(authorities: authorities) }
            }
            let request = try FetchRequest(url: "https://127.0.0.1:\(port)/")
            #expect(trouble { try other.document(request, limit: 65_536) } == .certificate)
        }
    }

    @Test func `a client certificate is shown where it is asked for`() throws {
        let authorities = try Files.read(stage["ca.pem"], limit: 65_536)
        let client = HostTrust.Client(certificate: stage["client.pem"], key: stage["client.key"])
        try stage.withServer("-Verify 1 -verify_return_error -CAfile ca.pem") { port throws in
            #expect(try fetch(port, trust: HostTrust(authorities: authorities, client: client)).status == 200)
            let trouble = trouble { try fetch(port, trust: HostTrust(authorities: authorities)) }
            // TLS 1.3 lets the client find out after its request, TLS 1.2 before.
            #expect(trouble == .cut || trouble == .tls)
            let absent = HostTrust.Client(certificate: stage["client.pem"], key: "/absent")
            let broken = HostTrust(authorities: authorities, client: absent)
            #expect(self.trouble { try fetch(port, trust: broken) } == .certificate)
        }
    }

    @Test func `trust that cannot be read is an error with its words`() throws {
        let fetcher = try makeFetcher {
            $0.trust = { _ in HostTrust(authorities: try Files.read("/absent/ca.crt", limit: 1)) }
        }
        let error = #expect(throws: FetchError.self) {
            try fetcher.document(FetchRequest(url: "https://127.0.0.1:1/"), limit: 1)
        }
        #expect(error?.diagnostic.message == "cannot open \"/absent/ca.crt\": no such file or directory")
    }

    @Test func `plain http is not tried where the URL says https`() throws {
        let closed = try makeFetcher { $0.retry.tries = 1 }
        let server = makeServer { _, _ in HTTPReply(200, "plain") }
        let error = #expect(throws: FetchError.self) {
            try closed.document(FetchRequest(url: "https://127.0.0.1:\(server.port)/"), limit: 10)
        }
        #expect(error?.trouble?.0 == .tls)
    }
}
