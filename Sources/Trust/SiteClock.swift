public import Values

/// What a machine's clock says, and what the site knows better. Sites without a network have no other clock, and a dead battery sets it to
/// some year long ago or, where 32 bits end, to 2106.
public struct SiteClock: Hashable, Sendable {
    /// What the clock says.
    public let now: Timestamp
    /// When the bundle was made, as it was signed: surely past.
    public let created: Timestamp
    /// The latest time that the site has noted; `nil` where it never did.
    public let seen: Timestamp?

    /// Takes all as they are.
    public init(now: Timestamp, created: Timestamp, seen: Timestamp?) {
        self.now = now
        self.created = created
        self.seen = seen
    }

    /// So many seconds too early are not taken for a wrong clock: hardware clocks run in any time zone, and nothing sets them here.
    public static let slack = 86_400
    /// So many seconds after the bundle's making nobody installs it: the clock is wrong. Ten years.
    public static let farAhead = 10 * 366 * 86_400

    /// What is surely past.
    public var known: Timestamp { max(created, seen ?? created) }

    /// Whether the clock shows a time that is past already.
    public var isBehind: Bool { now.seconds < known.seconds - Self.slack }
    /// Whether it shows one that nobody believes.
    public var isFarAhead: Bool { now.seconds > known.seconds + Self.farAhead }

    /// The earliest that it can be now; what ends before is over, whatever the clock says.
    public var earliest: Timestamp { max(now, known) }

    /// What the site notes once the bundle is installed. A time that nobody believes would make every right clock wrong from then on.
    public var noted: Timestamp { isFarAhead ? known : earliest }
}
