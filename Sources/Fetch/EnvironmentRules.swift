import LibCurl
import Values

/// What the environment says about proxies and certificate authorities, by the rules of curl(1).
///
/// `https_proxy`, `HTTPS_PROXY`, then `all_proxy`, `ALL_PROXY`; for plain http `http_proxy` in lower case only, because a
/// CGI server sets `HTTP_PROXY` from a request's header; `no_proxy`, `NO_PROXY` excepts hosts.
/// `CURL_CA_BUNDLE`, then `SSL_CERT_FILE`, name a PEM file; `SSL_CERT_DIR` a folder.
struct EnvironmentRules: Sendable {
    let environment: [String: String]

    /// The proxy for `scheme`, and what is asked without it.
    func proxy(for scheme: WebOrigin.Scheme) -> TransferRequest.Proxy? {
        let names: [String] =
            switch scheme {
            case .http: ["http_proxy", "all_proxy", "ALL_PROXY"]
            case .https: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            }
        guard let url = first(of: names) else { return nil }
        return TransferRequest.Proxy(url: url, exceptions: first(of: ["no_proxy", "NO_PROXY"]) ?? "")
    }

    /// The PEM file of authorities, when one is named.
    var authorityFile: String? { first(of: ["CURL_CA_BUNDLE", "SSL_CERT_FILE"]) }

    /// The folder of authorities, when one is named.
    var authorityDirectory: String? { first(of: ["SSL_CERT_DIR"]) }

    /// An empty variable counts as unset.
    private func first(of names: [String]) -> String? {
        names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
