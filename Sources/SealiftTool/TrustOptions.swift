import Arguments
import Posix
import Reporting
import Trust
import Verify

/// The options that say whom to trust, and what they come to.
enum TrustOptions {
    static let table: [Option] = [
        .values("key", "PUB", "trust this public key; may be given several times", completing: .file),
        .values("fingerprint", "SHA256:…", "trust the key with this fingerprint; 32 digits suffice"),
        .value("policy", "FILE", "go by this site's policy; /etc/sealift/policy.json, unless given", completing: .file),
        .flag("without-policy", "set aside the policy of this machine"),
    ]

    /// Opens the bundle that `invocation` names, along the order of trust.
    static func open(_ path: FilePath, _ invocation: Invocation, _ console: Console) throws -> (
        bundle: VerifiedBundle, policy: TrustPolicy, warnings: [Diagnostic]
    ) {
        let request = TrustRequest(
            keyFiles: invocation.values("key").map { FilePath($0) }, fingerprints: invocation.values("fingerprint"),
            policyFile: invocation.value("policy").map { FilePath($0) },
            setsSiteAside: invocation.flag("without-policy"))
        let loaded = try TrustPolicy.load(request, bundle: path)
        loaded.warnings.forEach(console.say)
        return (try UntrustedBundle(opening: path).verified(under: loaded.policy), loaded.policy, loaded.warnings)
    }
}
