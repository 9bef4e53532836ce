public import LibCrypto
public import Values

/// Trust on first use: a site that knows no key at all takes the one that has signed the bundle at hand, because a person said so by name.
/// From then on that key is the site's (design §4).
public enum FirstUse {
    /// Refuses where the site knows better.
    ///
    /// - Parameters:
    ///   - policy: What was loaded; it has no pins.
    ///   - key: The one key that has signed.
    ///   - before: Fingerprints of keys that the target knows: of its receipts, and of its own folder of keys.
    public static func check(
        _ key: PublicKey, under policy: TrustPolicy, knowing before: [SHA256Digest]
    ) throws(TrustError) {
        if let site = policy.site { throw .firstUseUnderPolicy(site.path) }
        guard before.isEmpty || before.contains(key.fingerprint) else {
            throw .anotherKeyBefore(key, before: Set(before).sorted { $0.hex < $1.hex })
        }
    }
}
