import JSON
public import Reporting
public import Values

extension SitePolicy {
    /// What is done about something that is not as it should be.
    public enum Response: String, CaseIterable, Hashable, Sendable {
        /// The bundle is not taken.
        case refuse
        /// It is taken, and the receipt says so.
        case warn
    }

    /// `expiry`, `weakClock` and `maximumSequenceStep`.
    mutating func readTime(_ reader: JSONReader) throws(JSONError) {
        let words = Response.allCases.map(\.rawValue).joined(separator: " or ")
        expiry = try reader.optionalParsed("expiry", as: words) { Response(rawValue: $0) } ?? .refuse
        weakClock = try reader.optionalParsed("weakClock", as: words) { Response(rawValue: $0) } ?? .refuse
        maximumSequenceStep = try reader.optionalInteger("maximumSequenceStep", in: 1...JSONValue.largestInteger)
    }

    /// Refuses a bundle whose time is over, and one of which a wrong clock cannot tell.
    ///
    /// - Parameters:
    ///   - site: The site's policy; without one both are refused.
    ///   - override: Why it is taken all the same, if it is.
    /// - Returns: What the receipt should say.
    public static func checkTime(
        _ clock: SiteClock, expires: Timestamp?, under site: SitePolicy?, override: String?
    ) throws(TrustError) -> [Diagnostic] {
        let fault: TrustError
        let response: Response
        if let expires, expires < clock.earliest {
            (fault, response) = (.expired(expires, clock), site?.expiry ?? .refuse)
        } else if let expires, clock.isBehind {
            (fault, response) = (.weakClock(expires: expires, clock), site?.weakClock ?? .refuse)
        } else {
            return clock.isBehind || clock.isFarAhead ? [clock.doubt] : []
        }
        return try take(fault, response, override)
    }

    /// A warning in the place of the refusal, where there is a reason for that.
    static func take(
        _ fault: TrustError, _ response: Response, _ override: String?
    ) throws(TrustError) -> [Diagnostic] {
        guard let reason = override ?? (response == .warn ? "the site's policy lets it pass" : nil) else { throw fault }
        var warning = fault.diagnostic
        warning.message += "; taken all the same: \(reason)"
        warning.next = nil
        warning.severity = .warning
        return [warning]
    }
}

extension SiteClock {
    /// How the clock is set where no network does it.
    static let remedy = "set the clock with `date --utc --set`, and the hardware clock with `hwclock --systohc`"

    /// A clock that must be wrong, where nothing depends on it.
    var doubt: Diagnostic {
        Diagnostic(
            isBehind
                ? "the clock says \(now), and it is \(known) at least"
                : "the clock says \(now), ten years and more after the bundle was made",
            severity: .warning, next: Self.remedy, exitCode: .policy)
    }

    /// What is known of the time, line by line.
    var details: [Diagnostic.Detail] {
        let noted = seen.map { [Diagnostic.Detail("latest time noted here", "\($0), in /var/lib/sealift/clock")] } ?? []
        return [.init("clock", now.description), .init("bundle made", created.description)] + noted
    }
}
