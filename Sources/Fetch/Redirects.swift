import LibCurl
import Values

/// One request as it goes out: to the origin, to its mirror, or to where one of them redirected.
struct Hop {
    var address: WebAddress
    var headers: HTTPHeaders
    /// Whether `Authorization` goes along, and an authorizer may be asked.
    var isTrusted: Bool
}

/// What may cross from one origin to another, and how often.
enum Redirects {
    /// Redirects in a row that are followed (docs/test matrix: default limits).
    static let limit = 5
    /// The statuses that name another place for the same content (RFC 9110 §15.4).
    static let statuses: Set<Int> = [301, 302, 303, 307, 308]
    /// Header fields that tell nothing about who asks. No others go to another origin.
    static let harmless = [
        "Accept", "Accept-Encoding", "Accept-Language", "Range", "If-Range", "Cache-Control", "User-Agent",
        // What a snap store wants to know: neither tells who asks.
        "Snap-Device-Series", "Snap-Device-Architecture",
    ]

    /// Where `hop` is to go on after `head`.
    ///
    /// Once another origin has been in between, nothing secret is sent any more, even when it leads back.
    static func next(
        after hop: Hop, _ head: ResponseHead, site: FetchSite
    ) throws(FetchError) -> Hop {
        guard let location = head.headers["Location"] else { throw .redirect(site, .location("it names no Location")) }
        let address: WebAddress
        do throws(WebAddress.Refusal) { address = try hop.address.resolving(location) } catch {
            throw .redirect(site, .location(error.words))
        }
        guard hop.address.origin.scheme == .http || address.origin.scheme == .https else {
            throw .redirect(site, .downgrade(to: address.description))
        }
        let isSame = address.origin == hop.address.origin
        return Hop(
            address: address, headers: isSame ? hop.headers : hop.headers.only(harmless),
            isTrusted: hop.isTrusted && isSame)
    }
}
