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
    ]

    /// Opens the bundle that `invocation` names, along the order of trust.
    static func open(_ path: FilePath, _ invocation: Invocation, _ console: Console) throws -> (
        bundle: VerifiedBundle, warnings: [Diagnostic]
    ) {
        let (policy, warnings) = try TrustPolicy.load(
            keyFiles: invocation.values("key").map { FilePath($0) }, fingerprints: invocation.values("fingerprint"),
            siteKeys: TrustPolicy.siteKeys, bundle: path)
        warnings.forEach(console.say)
        return (try UntrustedBundle(opening: path).verified(under: policy), warnings)
    }
}
