public import Reporting
public import Values

/// Why something could not be fetched.
public enum FetchError: Error, Hashable, Sendable {
    /// `text`, shown without secrets, is no URL that can be asked.
    case address(_ text: String, reason: String)
    /// There was no answer, or only part of one.
    case connection(FetchSite, ConnectionTrouble, words: String)
    /// The server answered with another status than was asked for.
    case refused(FetchSite, FailedResponse)
    /// A redirect was not followed.
    case redirect(FetchSite, RedirectTrouble)
    /// The body is packed, though `Accept-Encoding: identity` was sent; its digest would be another one.
    case encoded(FetchSite, encoding: String)
    /// More arrived, or was announced, than is taken.
    case tooLarge(FetchSite, limit: ByteCount)
    /// Another length arrived, or was announced, than was promised.
    case otherSize(FetchSite, expected: ByteCount, found: ByteCount)
    /// Other bytes arrived than were promised.
    case otherContent(FetchSite, expected: SHA256Digest, found: SHA256Digest)
    /// The store could not take it; its words and exit code.
    case store(FetchSite, Diagnostic)
    /// No authorization could be had; the authorizer's words and exit code.
    case authorization(FetchSite, Diagnostic)
    /// curl, a thread or a certificate file is not to be had.
    case setup(String)
    /// Another item failed first.
    case stopped
}

/// Where a fetch failed, fit to be printed.
public struct FetchSite: Hashable, Sendable {
    /// The URL of the request, without credentials and query.
    public let url: String
    /// Host and port that were asked last: a mirror's or a redirect's perhaps.
    public let host: String
    /// How often it was tried.
    public let tries: Int
}

/// What went wrong before there was a whole answer.
public enum ConnectionTrouble: Hashable, Sendable {
    /// The name has no address.
    case name
    /// Refused or unreachable, or the proxy was.
    case connect
    /// The line went quiet.
    case timeout
    /// The answer ended too early.
    case cut
    /// TLS could not be agreed upon.
    case tls
    /// The certificate is not believed.
    case certificate
    /// What came is not HTTP, or not what HTTP allows here.
    case answer
}

/// Why a redirect was not followed.
public enum RedirectTrouble: Hashable, Sendable {
    /// More than five in a row.
    case tooMany
    /// From https to http.
    case downgrade(to: String)
    /// No `Location`, or none that can be asked.
    case location(String)
}

/// An answer with an unwelcome status.
public struct FailedResponse: Hashable, Sendable {
    /// The status code.
    public let status: Int
    /// All header fields.
    public let headers: HTTPHeaders
    /// The first 64 KiB of the body: whatever the server sent, HTML perhaps.
    public let body: [UInt8]
}
