public import Values

/// One HTTP exchange: what is asked, of whom, and by which way.
public struct TransferRequest: Sendable {
    /// What is done with the resource.
    public enum Method: Hashable, Sendable {
        case get
        case head
        /// Sends `body` with its media type.
        case post(body: [UInt8], contentType: String)
    }

    /// The server in between.
    public struct Proxy: Hashable, Sendable {
        /// Its URL, perhaps with credentials for it.
        public let url: String
        /// Hosts, domains and networks that are asked without it, as in `NO_PROXY`; curl compares.
        public let exceptions: String

        /// A proxy at `url`, except for `exceptions`.
        public init(url: String, exceptions: String = "") {
            self.url = url
            self.exceptions = exceptions
        }
    }

    /// Where the request goes. Its credentials are not sent: write an `Authorization` header.
    public var url: WebAddress
    /// What is done there.
    public var method: Method
    /// Sent as they stand. `Host`, `Content-Length` and `User-Agent` are curl's business.
    public var headers: HTTPHeaders
    /// When to give up.
    public var timeouts: Timeouts
    /// Whom to believe.
    public var trust: TLSTrust
    /// The proxy to go through; `nil` goes straight. The process environment is never consulted.
    public var proxy: Proxy?

    /// A `GET` of `url` with everything else as is usual.
    public init(_ url: WebAddress) {
        self.url = url
        method = .get
        headers = HTTPHeaders()
        timeouts = Timeouts()
        trust = TLSTrust()
        proxy = nil
    }
}

/// When a silent line is given up.
public struct Timeouts: Hashable, Sendable {
    /// For name, TCP and TLS together, in milliseconds.
    public var connectMilliseconds = 30_000
    /// A transfer slower than ``lowSpeedBytes`` a second for this many seconds is given up.
    public var lowSpeedSeconds = 30
    /// In bytes a second.
    public var lowSpeedBytes = 512

    /// 30 seconds to connect, 30 seconds below 512 bytes a second.
    public init() {}
}

/// Whom to believe over TLS, and how to show who we are.
public struct TLSTrust: Hashable, Sendable {
    /// A client certificate and its key, PEM files both.
    public struct ClientCertificate: Hashable, Sendable {
        /// The chain, our own certificate first.
        public let certificateFile: String
        /// The key, without a passphrase.
        public let keyFile: String

        /// The two files, read by curl when it connects.
        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// A PEM file of certificate authorities in place of the one curl was built with.
    public var authorityFile: String?
    /// A folder of them, as `c_rehash` leaves it, in place of the one curl was built with.
    public var authorityDirectory: String?
    /// PEM bytes in place of ``authorityFile``.
    public var authorities: [UInt8]?
    /// Shown to a server that asks for one.
    public var client: ClientCertificate?

    /// What curl was built with: the system's authorities, no client certificate.
    public init() {}
}
