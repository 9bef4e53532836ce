import LibCurl
public import Values

/// What is asked of a server: one URL, by one method, with some headers.
public struct FetchRequest: Sendable {
    /// What is done with the resource.
    public enum Method: Hashable, Sendable {
        /// Its content.
        case get
        /// Its header fields only.
        case head
        /// Sends `body` with its media type; redirects of it are not followed.
        case post(body: [UInt8], contentType: String)
    }

    let address: WebAddress
    /// What is done with the resource.
    public var method: Method = .get
    /// Sent as they stand, also on redirects within the origin. To another origin only `Accept` and its like go along.
    public var headers: HTTPHeaders
    /// Whether redirects are followed; otherwise one is ``FetchError/refused(_:_:)``. Token services are asked without:
    /// what they are sent is for them alone.
    public var followsRedirects = true
    /// Asked for the `Authorization` field; `nil` sends what stands in the URL, or none.
    public var authorizer: (any Authorizer)?

    /// A `GET` of `url`, an absolute `http` or `https` URL.
    ///
    /// Credentials in it (`https://user:password@host/`) are sent as Basic authorization to that origin, and never printed.
    /// - Throws: ``FetchError/address(_:reason:)``.
    public init(
        url: String, headers: HTTPHeaders = HTTPHeaders(), authorizer: (any Authorizer)? = nil
    ) throws(FetchError) {
        do throws(WebAddress.Refusal) { address = try WebAddress(url) } catch {
            throw .address(Printable.withoutSecrets(url), reason: error.words)
        }
        self.headers = headers
        self.authorizer = authorizer
    }

    /// The URL that is requested, without credentials; before mirrors have their say.
    public var url: String { address.text }

    /// Scheme, host and port of ``url``.
    public var origin: WebOrigin { address.origin }

    /// ``url`` as it may be printed: without credentials and query.
    public var printableURL: String { address.description }

    /// The request that `reference`, a `Link` for instance, means when read at this one's URL, with the same headers
    /// and authorizer. Callers compare ``origin`` before they follow one.
    public func resolving(_ reference: String) throws(FetchError) -> FetchRequest {
        var copy = try FetchRequest(url: Self.resolve(reference, at: address).text, headers: headers)
        copy.authorizer = authorizer
        return copy
    }

    private static func resolve(_ reference: String, at base: WebAddress) throws(FetchError) -> WebAddress {
        do throws(WebAddress.Refusal) { return try base.resolving(reference) } catch {
            throw .address(Printable.withoutSecrets(reference), reason: error.words)
        }
    }
}

extension WebAddress.Refusal {
    var words: String {
        switch self {
        case .malformed(let words): words.prefix(1).lowercased() + words.dropFirst()
        case .scheme(let scheme): scheme.isEmpty ? "it has no scheme" : "sealift does not speak \(scheme)"
        }
    }
}

/// Texts that may be shown.
enum Printable {
    /// `text` that is no URL we can take apart: without what stands before an `@` and after a `?`.
    static func withoutSecrets(_ text: String) -> String {
        let head = text.prefix { $0 != "?" && $0 != "#" }
        let shown = head.lastIndex(of: "@").map { "…" + head[$0...] } ?? String(head)
        return shown + (head.endIndex < text.endIndex ? "?…" : "")
    }
}
