/// Whose signatures are asked for, and how many.
public struct TrustPolicy: Hashable, Sendable {
    /// The keys that are trusted.
    public var pins: [Pin]
    /// How many distinct keys must have signed.
    public var threshold: Int
    /// Keys of these that must be among those that signed: what a person named beside the site's policy, which can only ask for more.
    public var named: [Pin]
    /// The key lists that say whose signatures count, instead of ``pins`` and ``threshold``; `nil` where the site goes by no list.
    public var lists: KeyListTrust?
    /// What else the site asks of a bundle; `nil` where it has no policy.
    public var site: SitePolicy?

    /// The CAs whose signers count beside the keys.
    public var authorities: [CertificateAuthority] { site?.certificates ?? [] }

    /// Pins, and how many of them must have signed; at least one.
    public init(
        pins: [Pin], threshold: Int = 1, named: [Pin] = [], lists: KeyListTrust? = nil, site: SitePolicy? = nil
    ) {
        self.pins = pins
        self.threshold = max(1, threshold)
        self.named = named
        self.lists = lists
        self.site = site
    }
}
