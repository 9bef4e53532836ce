public import Values

/// A small document, held whole in memory.
public struct FetchedDocument: Sendable {
    /// The body; empty for a `HEAD`.
    public let bytes: [UInt8]
    /// The status code, 200 to 299.
    public let status: Int
    /// All header fields of the final response.
    public let headers: HTTPHeaders
    /// The URL that answered, after mirrors and redirects. It may hold secrets in its query: not for printing.
    public let url: String
}

/// One thing to download into a store.
public struct DownloadItem: Sendable {
    /// Where it is.
    public var request: FetchRequest
    /// What it must turn out to be; `nil` takes what comes and tells its digest.
    public var digest: SHA256Digest?
    /// How long it must be; `nil` takes any length up to ``limit``.
    public var size: ByteCount?
    /// The most that is taken where ``size`` is unknown.
    public var limit: ByteCount
    /// What people call it, for progress and messages.
    public var name: String

    /// 16 GiB: the default of ``limit``, well above the largest artefact of any platform.
    public static let usualLimit = ByteCount.gibibytes(16)

    /// - Parameter name: What people call it; `nil` takes the URL's printable form.
    public init(
        _ request: FetchRequest, digest: SHA256Digest? = nil, size: ByteCount? = nil,
        limit: ByteCount = Self.usualLimit, name: String? = nil
    ) {
        self.request = request
        self.digest = digest
        self.size = size
        self.limit = limit
        self.name = name ?? request.printableURL
    }
}

/// What a ``DownloadItem`` turned out to be.
public struct Downloaded: Hashable, Sendable {
    /// Its digest, computed here over every byte or known to the store already.
    public let digest: SHA256Digest
    /// Its length; `nil` only for content that was in the store already and whose size nobody asked for.
    public let size: ByteCount?
    /// Whether it was in the store before, so that nothing was fetched.
    public let wasPresent: Bool
}
