import Apply
import Arguments
import Format
import LibCrypto
import Posix
import Reporting
import Trust
import Values
import Verify

/// `--trust-on-first-use`: takes the key of the first bundle for the site's, where a person says so.
enum FirstUseOption {
    static let option: Option = .flag(
        "trust-on-first-use", "where this site knows no key yet, take the one that has signed the bundle, and keep it")

    /// The key that is trusted from now on; `nil` where the option was not given, or the site knows keys already.
    static func key(
        of bundle: borrowing UntrustedBundle, _ invocation: Invocation, under policy: TrustPolicy
    ) throws -> PublicKey? {
        guard invocation.flag("trust-on-first-use"), policy.pins.isEmpty else { return nil }
        let key = try bundle.keyForFirstUse()
        try FirstUse.check(key, under: policy, knowing: fingerprints(invocation, bundle.path))
        return key
    }

    /// Keys that the target knows, be it another root than the running one.
    private static func fingerprints(_ invocation: Invocation, _ bundle: FilePath) throws -> [SHA256Digest] {
        let root = try FilePath(invocation.value("root") ?? "/").resolved()
        let kept = TrustSite(keys: root.appending("etc/sealift/trusted-keys"))
        let pins = try TrustPolicy.load(TrustRequest(), at: kept, bundle: bundle).policy.pins
        return try InstalledBundles.receipts(root: root).flatMap(\.keys)
            + pins.compactMap { SHA256Digest(hex: $0.digits) }
    }

    /// What stands in the receipt.
    static func warning(_ key: PublicKey) -> Diagnostic {
        Diagnostic(
            "trusted on first use: \(key.fingerprintText), which nobody has vouched for", severity: .warning,
            next: "compare the fingerprint with the one that came by another road", exitCode: .notTrusted)
    }

    /// Has a person say yes to the fingerprint; `--yes` has said it.
    static func confirm(
        _ key: PublicKey, _ invocation: Invocation, _ person: Conversation?, _ console: Console
    ) throws {
        guard !invocation.flag("yes") else { return }
        guard let person else {
            throw Diagnostic(
                "cannot ask whether to trust \(key.fingerprintText): there is no terminal",
                next: "pin the key with --key FILE, or run again with --yes if this is the right one", exitCode: .usage)
        }
        console.show("the bundle is signed by \(key.fingerprintText)\n")
        guard try person.confirms("is this the right key, and shall this site trust it from now on?") else {
            throw Diagnostic("nothing was done", severity: .note, exitCode: .notTrusted)
        }
    }
}
