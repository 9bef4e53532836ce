import CLibCurl

/// Why a transfer did not come to its end. A status such as 404 is no failure: that is a response.
public struct TransferFailure: Error, Hashable, Sendable {
    /// What a caller can act on.
    public enum Kind: Hashable, Sendable {
        /// The URL or a header is not one that may be sent.
        case request
        /// The host's or the proxy's name has no address.
        case nameResolution
        /// No connection: refused, unreachable.
        case connection
        /// Connecting took too long, or the line went quiet.
        case timeout
        /// The connection ended before the response did.
        case cut
        /// TLS could not be agreed upon.
        case tls
        /// The server's certificate was not accepted, or ours could not be used.
        case certificate
        /// The proxy refused.
        case proxy
        /// What came is not HTTP.
        case response
        /// The receiver said stop.
        case stopped
        /// Anything else: out of memory, a curl without TLS.
        case library
    }

    /// What a caller can act on.
    public let kind: Kind
    /// curl's own words; they can hold host and port, never a header.
    public let text: String

    /// A failure of `kind`.
    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    init(code: CURLcode, text: String) {
        self.init(Self.kind(of: code), text.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : text)
    }

    /// The codes of libcurl-errors(3) by what can be done about them.
    private static func kind(of code: CURLcode) -> Kind {
        switch code {
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .request
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .nameResolution
        case CURLE_COULDNT_CONNECT: .connection
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .cut
        case CURLE_HTTP2, CURLE_HTTP2_STREAM: .cut
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_SHUTDOWN_FAILED: .tls
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM: .certificate
        case CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS: .certificate
        case CURLE_PROXY: .proxy
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .response
        case CURLE_WRITE_ERROR, CURLE_ABORTED_BY_CALLBACK: .stopped
        default: .library
        }
    }
}
