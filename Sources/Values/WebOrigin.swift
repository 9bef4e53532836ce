/// Scheme, host and port of a URL: the one who gets what is sent (RFC 6454 §4).
public struct WebOrigin: Hashable, Sendable {
    /// The schemes that are spoken.
    public enum Scheme: String, Hashable, Sendable {
        /// Without TLS; only where a URL says so.
        case http
        /// With TLS.
        case https

        /// The port of a URL that names none.
        public var usualPort: Int { self == .https ? 443 : 80 }
    }

    /// `http` or `https`.
    public let scheme: Scheme
    /// The host in lower case; an IPv6 address stands in brackets.
    public let host: String
    /// The port, the scheme's own when none is written.
    public let port: Int

    /// The origin of these three; `host` is put in lower case.
    public init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    /// `host`, or `host:port` when the port is not the scheme's own.
    public var hostAndPort: String { port == scheme.usualPort ? host : "\(host):\(port)" }
}

extension WebOrigin: CustomStringConvertible {
    /// `https://host`, with the port when it is not the scheme's own.
    public var description: String { "\(scheme.rawValue)://\(hostAndPort)" }
}
