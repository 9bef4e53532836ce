public import Reporting
import Values

extension FetchError: Diagnosable {
    /// `cannot fetch "https://…": …`, the host asked, the tries, and what to do. Exit code 5, or the store's own.
    public var diagnostic: Diagnostic {
        switch self {
        case .address(let text, let reason):
            Diagnostic(
                "cannot use the address \(quoted(text)): \(reason)",
                next: "write an absolute https:// or http:// URL", exitCode: .usage)
        case .connection(let site, let trouble, let words):
            site.diagnostic(words, next: trouble.remedy(site))
        case .refused(let site, let response):
            site.diagnostic(response.words, details: response.excerpt, next: response.remedy(site))
        case .redirect(let site, let trouble):
            site.diagnostic(trouble.words, next: "ask for the final address, or name a mirror with --mirror")
        case .encoded(let site, let encoding):
            site.diagnostic(
                "the server packed it with \(quoted(encoding)) though it was asked not to",
                next: "bypass the proxy that does so, or name a mirror with --mirror")
        case .tooLarge(let site, let limit):
            site.diagnostic("it is larger than \(limit)", next: "check that the address is the right one")
        case .otherSize(let site, let expected, let found):
            site.diagnostic(
                "it has \(found), not \(expected)",
                next: "find out which of the two is right before locking anew; the server may have replaced the file")
        case .otherContent(let site, let expected, let found):
            site.diagnostic(
                "its content is not what was promised",
                details: [.init("expected", expected.description), .init("found", found.description)],
                next: "find out which of the two is right before locking anew; the server may have replaced the file")
        case .store(let site, let diagnostic), .authorization(let site, let diagnostic):
            diagnostic.adding(site)
        case .setup(let words):
            Diagnostic("cannot fetch anything: \(words)", exitCode: .gathering)
        case .stopped:
            Diagnostic("stopped, because another item could not be fetched", exitCode: .gathering)
        }
    }
}

extension FetchSite {
    fileprivate func diagnostic(
        _ reason: String, details: [Diagnostic.Detail] = [], next: String
    ) -> Diagnostic {
        Diagnostic(
            "cannot fetch \(quoted(url)): \(reason)", details: details + self.details, next: next,
            exitCode: .gathering)
    }

    fileprivate var details: [Diagnostic.Detail] {
        [.init("host", host), .init("tries", String(tries))]
    }
}

extension Diagnostic {
    /// The same words with where it was fetched from.
    fileprivate func adding(_ site: FetchSite) -> Diagnostic {
        var copy = self
        copy.details.append(.init("while fetching", quoted(site.url)))
        return copy
    }
}

extension ConnectionTrouble {
    fileprivate func remedy(_ site: FetchSite) -> String {
        switch self {
        case .name: "check the name and this machine's DNS, or set HTTPS_PROXY if the network asks for a proxy"
        case .connect: "check that \(site.host) can be reached from here, directly or by HTTPS_PROXY"
        case .timeout, .cut: "run again: what has arrived is kept and not fetched again"
        case .tls: "check that \(site.host) speaks TLS 1.2 or later on this port"
        case .certificate: "name the authority's certificate by SSL_CERT_FILE, or mend the certificate"
        case .answer: "check what answers at \(site.host); it may be a proxy's login page"
        }
    }
}

extension RedirectTrouble {
    fileprivate var words: String {
        switch self {
        case .tooMany: "the server redirects more than \(Redirects.limit) times"
        case .downgrade(let url): "the server redirects from https to plain http at \(quoted(url))"
        case .location(let reason): "the server redirects to nowhere: \(reason)"
        }
    }
}

extension FailedResponse {
    fileprivate var words: String { "the server answered \(status)\(Self.names[status].map { " (\($0))" } ?? "")" }

    /// The common ones by their names in RFC 9110 §15, RFC 6585 for 429.
    private static let names = [
        400: "bad request", 401: "unauthorized", 403: "forbidden", 404: "not found", 405: "method not allowed",
        407: "proxy authentication required", 408: "request timeout", 410: "gone", 416: "range not satisfiable",
        429: "too many requests", 500: "internal server error", 502: "bad gateway", 503: "service unavailable",
        504: "gateway timeout",
    ]

    /// The beginning of what the server says, when it says it in plain words or JSON.
    fileprivate var excerpt: [Diagnostic.Detail] {
        let type = headers["Content-Type"]?.lowercased() ?? ""
        guard type.hasPrefix("text/plain") || type.hasPrefix("application/json"), !body.isEmpty else { return [] }
        let text = String(decoding: body.prefix(300), as: UTF8.self)
        return [.init("server says", quoted(text.filter { !$0.isNewline }))]
    }

    fileprivate func remedy(_ site: FetchSite) -> String {
        switch status {
        case 401, 403: "check that this user may read it, and the credentials for \(site.host)"
        case 404, 410: "check the address and the version in the definition"
        case 407: "put user and password for the proxy into HTTPS_PROXY"
        case 429:
            "wait for the server's limit to pass, log in, or name a mirror with --mirror; what has arrived is kept"
        case 408, 500...: "run again later: what has arrived is kept and not fetched again"
        default: "check the address, or name a mirror with --mirror"
        }
    }
}
