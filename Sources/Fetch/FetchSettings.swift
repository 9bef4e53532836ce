public import Posix
public import Values

/// How a ``Fetcher`` behaves. All that depends on the machine comes in here.
public struct FetchSettings: Sendable {
    /// Exchanges at one time.
    public var parallel = 8
    /// Exchanges at one time with one host and port (registries ask for 3 to 4).
    public var parallelPerHost = 4
    /// When and how often to try again.
    public var retry = RetryPolicy()
    /// For name, TCP and TLS together, in milliseconds.
    public var connectTimeoutMilliseconds = 30_000
    /// A transfer below ``stallBytesPerSecond`` for so many seconds is cut and resumed.
    public var stallSeconds = 30
    /// In bytes a second.
    public var stallBytesPerSecond = 512
    /// Which URLs are asked elsewhere.
    public var mirrors: [Mirror] = []
    /// The environment: proxies and certificate authorities are read from it, see ``EnvironmentRules``.
    public var environment: [String: String]
    /// Extra trust for one origin, such as what `certs.d/<host>` holds; `nil` for the usual. Asked before each connection,
    /// on the thread that fetches.
    public var trust: @Sendable (WebOrigin) throws -> HostTrust? = { _ in nil }
    /// Time and chance.
    public var clock = FetchClock.system

    /// The usual settings in this environment.
    public init(environment: [String: String]) { self.environment = environment }
}

/// What one host is trusted by besides the system's authorities, and what it is shown.
public struct HostTrust: Hashable, Sendable {
    /// PEM certificates of authorities that are believed for this host too.
    public var authorities: [UInt8]
    /// A client certificate and its key, PEM files without a passphrase.
    public var client: Client?

    /// A client certificate and its key.
    public struct Client: Hashable, Sendable {
        /// The chain, our own certificate first.
        public let certificate: FilePath
        /// The key.
        public let key: FilePath

        /// The two files.
        public init(certificate: FilePath, key: FilePath) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Believes `authorities` too, and shows `client` when asked.
    public init(authorities: [UInt8] = [], client: Client? = nil) {
        self.authorities = authorities
        self.client = client
    }
}
