import CLibCurl
public import Values

/// An absolute `http` or `https` URL, taken apart by curl's own parser, so that what we compare is what curl dials.
public struct WebAddress: Hashable, Sendable {
    /// User and password as they stood before the host, percent-decoded.
    public struct Credentials: Hashable, Sendable {
        /// The user, perhaps empty.
        public let user: String
        /// The password, perhaps empty.
        public let password: String

        /// Both already decoded.
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    /// Why a text is not such a URL.
    public enum Refusal: Error, Hashable, Sendable {
        /// curl's parser refuses it; its words.
        case malformed(String)
        /// Another scheme than `http` and `https`.
        case scheme(String)
    }

    /// The URL that is requested: no credentials, no fragment, no port that goes without saying, the host in lower case.
    public let text: String
    /// Who is asked.
    public let origin: WebOrigin
    /// The path, beginning with `/`.
    public let path: String
    /// What stands after `?`; `nil` without one.
    public let query: String?
    /// What stood before the host. Not part of ``text``, never printed.
    public let credentials: Credentials?

    /// Takes an absolute URL.
    ///
    /// - Throws: ``Refusal``; no scheme is ever guessed.
    public init(_ text: String) throws(Refusal) { try self.init(text, relativeTo: nil) }

    /// The URL that `reference`, a `Location` for instance, means when read at this one (RFC 3986 §5).
    ///
    /// Credentials do not come along.
    public func resolving(_ reference: String) throws(Refusal) -> WebAddress {
        try WebAddress(reference, relativeTo: self)
    }

    private init(_ reference: String, relativeTo base: WebAddress?) throws(Refusal) {
        let parts = URLParts()
        if let base { try parts.set(base.text) }
        try parts.set(reference)
        let schemeText = parts.get(CURLUPART_SCHEME)?.lowercased() ?? ""
        guard let scheme = WebOrigin.Scheme(rawValue: schemeText) else { throw .scheme(schemeText) }
        guard let host = parts.get(CURLUPART_HOST), !host.isEmpty,
            let port = parts.get(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap(Int.init)
        else { throw .malformed("no host") }
        let user = parts.get(CURLUPART_USER, CURLU_URLDECODE)
        let password = parts.get(CURLUPART_PASSWORD, CURLU_URLDECODE)
        credentials =
            user == nil && password == nil ? nil : Credentials(user: user ?? "", password: password ?? "")
        for secret in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] {
            parts.clear(secret)
        }
        origin = WebOrigin(scheme: scheme, host: host, port: port)
        path = parts.get(CURLUPART_PATH) ?? "/"
        query = parts.get(CURLUPART_QUERY)
        try parts.set(origin.host, as: CURLUPART_HOST)
        guard let text = parts.get(CURLUPART_URL, CURLU_NO_DEFAULT_PORT) else { throw .malformed("no URL") }
        self.text = text
    }
}

extension WebAddress: CustomStringConvertible {
    /// The URL as it may be printed: a query can hold a signature or a token, so `?…` stands for it.
    public var description: String {
        "\(origin)\(path)" + (query == nil ? "" : "?…")
    }
}

/// Owns one `CURLU` handle.
@safe private struct URLParts: ~Copyable {
    private let handle: OpaquePointer

    init() {
        guard let handle = unsafe curl_url() else { fatalError("out of memory for a URL") }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_url_cleanup(handle) }

    /// Sets the whole URL, or changes the one that is set by a relative reference. Blanks and bytes above 0x7F are
    /// percent-encoded, as browsers do with what servers send as `Location`.
    func set(_ text: String) throws(WebAddress.Refusal) {
        guard !text.utf8.contains(0) else { throw .malformed("it holds a zero byte") }
        let code = unsafe curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK else { throw .malformed(unsafe String(cString: curl_url_strerror(code))) }
    }

    func set(_ value: String, as part: CURLUPart) throws(WebAddress.Refusal) {
        let code = unsafe curl_url_set(handle, part, value, 0)
        guard code == CURLUE_OK else { throw .malformed(unsafe String(cString: curl_url_strerror(code))) }
    }

    func get(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text = unsafe text else {
            return nil
        }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }

    func clear(_ part: CURLUPart) { _ = unsafe curl_url_set(handle, part, nil, 0) }
}
