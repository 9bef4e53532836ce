import Apply
import Arguments
import Format
import LibCrypto
import Posix
import Reporting
import Transaction
import Trust
import Values
import Verify

/// The options that say which bundle, whom to trust, and where to lay it.
enum BundleOptions {
    static let root: Option = .value(
        "root", "DIR", "lay it below this folder, such as a mounted image, and start nothing", completing: .directory)

    static let bundle: Option = .values(
        "bundle", "DIR",
        "the bundle's folder; the one this program is in, unless given. Again for further sticks with volumes",
        completing: .directory)

    static let trust: [Option] = [
        bundle,
        .values("key", "PUB", "trust this public key", completing: .file),
        .values("fingerprint", "SHA256:…", "trust the key with this fingerprint; 32 digits suffice"),
        .value("policy", "FILE", "go by this policy; /etc/sealift/policy.json, unless given", completing: .file),
        .flag("without-policy", "set aside the policy that this site keeps; the receipt says so"),
        FirstUseOption.option,
    ]

    /// What every verb takes, also those that need no bundle or no key: install.sh and scripts give the same words to all.
    static let everyVerb: [Option] = trust + [root]

    /// A bundle whose signature and manifest are good, with warnings that belong into the receipt.
    struct Opened {
        let bundle: VerifiedBundle
        let warnings: [Diagnostic]
        /// Where its folder is.
        let path: FilePath
        /// What the site asks of every bundle, if it keeps a policy.
        let site: SitePolicy?
        /// The key that is trusted from this bundle on.
        let firstUse: PublicKey?
        /// Whom the site trusts.
        let policy: TrustPolicy
    }

    /// Opens the bundle along the order of trust, payload left out.
    static func open(_ invocation: Invocation, _ console: Console) throws -> Opened {
        let path = try folder(invocation)
        let request = TrustRequest(
            keyFiles: invocation.values("key").map { FilePath($0) }, fingerprints: invocation.values("fingerprint"),
            policyFile: invocation.value("policy").map { FilePath($0) },
            setsSiteAside: invocation.flag("without-policy"))
        var loaded = try TrustPolicy.load(request, bundle: path)
        let untrusted = try UntrustedBundle(opening: path)
        let first = try FirstUseOption.key(of: untrusted, invocation, under: loaded.policy)
        if let first {
            loaded.policy.pins = [Pin(first, origin: "--trust-on-first-use")]
            loaded.warnings.append(FirstUseOption.warning(first))
        }
        loaded.warnings.forEach(console.say)
        try loaded.policy.site?.admit(root: FilePath(invocation.value("root") ?? "/").resolved())
        let bundle = try untrusted.verified(under: loaded.policy)
        try furtherFolders(invocation).forEach(bundle.media.add)
        return Opened(
            bundle: bundle, warnings: loaded.warnings, path: path, site: loaded.policy.site, firstUse: first,
            policy: loaded.policy)
    }

    /// Whether one is named, or there.
    static func isAtHand(_ invocation: Invocation) throws -> Bool {
        try !invocation.values("bundle").isEmpty || nearest() != nil
    }

    /// The folder of this program if it is one of a bundle, or the current folder.
    private static func nearest() throws -> FilePath? {
        try [FilePath("/proc/self/exe").resolved().parent, FilePath(".").resolved()]
            .first { try Files.exists($0.appending(BundleFile.sums)) }
    }

    static func folder(_ invocation: Invocation) throws -> FilePath {
        if let given = invocation.values("bundle").first { return FilePath(given) }
        if let found = try nearest() { return found }
        throw Diagnostic(
            "no bundle is named, and there is none here", next: "give --bundle with the bundle's folder",
            exitCode: .usage)
    }

    /// Where to lay it.
    static func target(_ invocation: Invocation) throws -> TargetRoot {
        let given = FilePath(invocation.value("root") ?? "/")
        let path = try given.resolved()
        let isRunning = path == "/"
        let isRoot = System.userID == 0
        guard isRoot || !isRunning else { throw ApplyError.notRoot }
        return TargetRoot(path: path, isRunning: isRunning, givesOwners: isRoot)
    }

    /// As ``target(_:)``, for commands that only look.
    ///
    /// Says so when a run was cut off there: what is looked at is then neither the old nor the new state.
    static func targetToRead(_ invocation: Invocation, _ console: Console) throws -> TargetRoot {
        let path = try FilePath(invocation.value("root") ?? "/").resolved()
        if Transaction.hasJournal(root: path, state: TargetRoot.state) {
            console.say(
                Diagnostic(
                    "a run was cut off here, or is still at work; what follows shows its files half-way",
                    severity: .warning,
                    next:
                        "unless one is at work, run `sealift-install recover`, which puts back what was before that run",
                    exitCode: .done))
        }
        return TargetRoot(path: path, isRunning: path == "/", givesOwners: System.userID == 0 || path == "/")
    }

    /// Checks every other file that SHA256SUMS names, and says what is odd about the folder.
    static func checkFiles(_ bundle: VerifiedBundle, _ console: Console) throws -> [Diagnostic] {
        var warnings = try bundle.verifyFiles().map { error in
            var diagnostic = error.diagnostic
            diagnostic.severity = .warning
            return diagnostic
        }
        warnings += try unnamedVolumes(of: bundle)
        warnings.forEach(console.say)
        return warnings
    }

    /// What looks like a part of the payload and is none.
    static func unnamedVolumes(of bundle: VerifiedBundle) throws -> [Diagnostic] {
        try bundle.unnamedVolumes().map { name in
            Diagnostic(
                "\(quoted(name)) is in the bundle's folder and not part of the bundle; it is not read",
                severity: .warning, exitCode: .damaged)
        }
    }
}
