public import Posix

/// What a site asks of every bundle: `/etc/sealift/policy.json` (docs/guides/site-policy.md).
///
/// Each member has a file of its own with its reader; ``init(reading:at:)`` lists them.
public struct SitePolicy: Hashable, Sendable {
    /// The only version of the format that is read.
    public static let format = 1

    /// Where it was read.
    public var path: FilePath
    /// The keys that the site trusts, each once; empty where the policy leaves that to options and to the site's folder.
    public var keys: [NamedKey] = []
    /// How many distinct ones of them must have signed.
    public var threshold = 1
    /// The key list from which the site goes forward; `nil` where keys are named, or left to options.
    public var keyList: KeyListPin?
    /// CAs whose signers count as keys do.
    public var certificates: [CertificateAuthority] = []
    /// The names of bundles that are taken; `nil` for any.
    public var bundles: [String]?
    /// The platforms and architectures that are taken; `nil` for any.
    public var targets: [Target]?
    /// The roots that something may be laid into; `nil` for any.
    public var roots: [FilePath]?
    /// What is done about a bundle whose time is over.
    public var expiry: Response = .refuse
    /// What is done about a bundle that expires some day, where the clock cannot tell whether it has.
    public var weakClock: Response = .refuse
    /// How far the sequence of a bundle may be above the highest that was installed here of its name; `nil` for any.
    public var maximumSequenceStep: Int?
    /// What a bundle must bring besides its payload, undamaged.
    public var evidence: Set<Evidence> = []

    /// A policy that asks for nothing.
    public init(path: FilePath) { self.path = path }
}
