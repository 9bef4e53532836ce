public import Values

/// Supplies the `Authorization` field of requests. A registry client keeps its tokens behind one.
///
/// Called on the thread that called ``Fetcher/document(_:limit:)`` or on one of a download's own threads, several at
/// once; never on the network thread, so it may fetch documents itself.
public protocol Authorizer: Sendable {
    /// What to send without being asked, `Bearer …` for instance; `nil` sends none. Called before each try.
    func authorization(for target: AuthorizationTarget) throws -> String?

    /// What to send after a 401.
    ///
    /// Called at most once between two answers that are not 401. Errors that are `Diagnosable` keep their words.
    /// - Parameter challenges: Every `WWW-Authenticate` value, first to last, not taken apart.
    /// - Returns: A new value; `nil` gives up, and the 401 becomes the error.
    func authorization(for target: AuthorizationTarget, answering challenges: [String]) throws -> String?
}

/// Who would get an authorization.
public struct AuthorizationTarget: Hashable, Sendable {
    /// The one that is really asked: with a mirror that is the mirror. Choose credentials by this.
    public let origin: WebOrigin
    /// The URL that is really asked, without credentials.
    public let url: String
    /// Whether a mirror stands in for the origin of the request. What belongs to that origin must then not be given.
    public let isMirror: Bool
}
