public import Posix

/// Whom to trust, as a command line says it.
public struct TrustRequest: Hashable, Sendable {
    /// Files of whole public keys: `--key`.
    public var keyFiles: [FilePath]
    /// Fingerprints as they were typed: `--fingerprint`.
    public var fingerprints: [String]
    /// A policy to go by: `--policy`.
    public var policyFile: FilePath?
    /// Whether the policy that the site keeps is set aside: `--without-policy`.
    public var setsSiteAside: Bool

    /// Takes all as they are.
    public init(
        keyFiles: [FilePath] = [], fingerprints: [String] = [], policyFile: FilePath? = nil, setsSiteAside: Bool = false
    ) {
        self.keyFiles = keyFiles
        self.fingerprints = fingerprints
        self.policyFile = policyFile
        self.setsSiteAside = setsSiteAside
    }
}

/// Where a site keeps what it trusts. Always of the running system, whatever root a bundle is laid into (design §4).
public struct TrustSite: Hashable, Sendable {
    /// The folder of `*.pub` files; may not exist.
    public var keys: FilePath?
    /// The site's policy; may not exist.
    public var policy: FilePath?

    /// What the site has recorded of its key lists; may not exist.
    public var keyLists: FilePath?

    /// Takes all as they are.
    public init(keys: FilePath? = nil, policy: FilePath? = nil, keyLists: FilePath? = nil) {
        self.keys = keys
        self.policy = policy
        self.keyLists = keyLists
    }

    /// `/etc/sealift/trusted-keys`, `/etc/sealift/policy.json` and `/var/lib/sealift/key-lists.json`.
    public static let standard = Self(
        keys: "/etc/sealift/trusted-keys", policy: "/etc/sealift/policy.json",
        keyLists: "/var/lib/sealift/key-lists.json")
}
