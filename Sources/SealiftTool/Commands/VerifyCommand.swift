import Arguments
import Format
import JSON
import LibCrypto
import Posix
import Reporting
import Trust
import Values
import Verify

/// `sealift verify BUNDLE`: the order of trust over every stored byte.
enum VerifyCommand {
    static let command = SealiftCommand(table, run)

    private static let table = Command(
        "verify", "check a bundle: signature, manifest, every stored byte",
        details: [
            "Checks the signature of a pinned key over SHA256SUMS, the manifest by its digest, each chunk by the manifest and every other file by SHA256SUMS. "
                + "--deep also unpacks every chunk, compares the tar stream with the manifest, checks every file in it, and has libarchive read it."
        ],
        positionals: [Positional("BUNDLE", "the bundle's folder", completing: .directory)],
        options: TrustOptions.table + [
            .flag("deep", "also unpack everything in memory"), .value("jobs", letter: "j", "N", "so many threads"),
        ],
        examples: [
            .init(
                "sealift verify /media/usb/line7-2026.11.0-k3s-amd64 --key line7.pub",
                "before the stick leaves the house")
        ])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let path = FilePath(invocation.argument("BUNDLE") ?? "")
        let jobs = try JobsOption.value(of: invocation)
        let (bundle, warned) = try TrustOptions.open(path, invocation, console)
        var warnings = warned
        warnings += try bundle.verifyFiles().map(\.asWarning)
        warnings += try bundle.unnamedVolumes().map(unnamed)
        try bundle.verifyPayload(deep: invocation.flag("deep"), workers: jobs, progress: console.progress)
        let isStream = !bundle.manifest.target.os.takesPlainFiles
        if invocation.flag("deep"), isStream { try IndependentJudge.read(bundle) }
        console.finish()
        warnings.dropFirst(warned.count).forEach(console.say)
        try console.result(json(bundle, warnings, isDeep: invocation.flag("deep")), text: text(bundle))
    }

    private static func unnamed(_ name: String) -> Diagnostic {
        Diagnostic(
            "\(quoted(name)) looks like a part of the payload, and SHA256SUMS does not name it: it is not read",
            severity: .warning,
            next: "find out how it came onto the medium; do not unpack with payload-*", exitCode: .done)
    }

    private static func text(_ bundle: VerifiedBundle) -> String {
        let manifest = bundle.manifest
        let parts = manifest.target.os.takesPlainFiles ? "" : "\(manifest.chunks.count) chunks, "
        let under = bundle.keyChain.map { "\nunder      \($0.words)" } ?? ""
        return """
            good: \(manifest.folderName)
            signed by  \(bundle.vouchers.joined(separator: "\n           "))\(under)
            checked    \(bundle.sums.lines.count) files, \(parts)\(bundle.payloadSize.formatted) of payload
            """
    }

    private static func json(_ bundle: VerifiedBundle, _ warnings: [Diagnostic], isDeep: Bool) -> JSONValue {
        [
            "verdict": .string("good"), "deep": .bool(isDeep), "bundle": BundleSummary.json(of: bundle),
            "keys": .array(bundle.vouching.map { .string("SHA256:" + $0.hex) }),
            "keyList": bundle.keyChain?.json ?? .null,
            "files": .array(bundle.sums.lines.map { ["name": .string($0.name), "sha256": .string($0.digest.hex)] }),
            "warnings": .array(warnings.map { JSONValue($0.fields) }),
        ]
    }
}

extension VerifyError {
    /// The same words as a warning.
    var asWarning: Diagnostic {
        var words = diagnostic
        words.severity = .warning
        return words
    }
}
