import Arguments
import Format
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
                + "--deep also unpacks every chunk, compares the tar stream with the manifest, checks every file in it, and has libarchive read it.",
            "--json prints one report, also of a bundle that is refused: docs/schema/verify-report.schema.json. --require refuses a bundle without that evidence: "
                + "\(Evidence.names).",
        ],
        positionals: [Positional("BUNDLE", "the bundle's folder", completing: .directory)],
        options: TrustOptions.table + [
            .flag("deep", "also unpack everything in memory"),
            .values("require", "EVIDENCE", "refuse a bundle without it; several with commas between them"),
            .value("jobs", letter: "j", "N", "so many threads"),
        ],
        examples: [
            .init(
                "sealift verify /media/usb/line7-2026.11.0-k3s-amd64 --key line7.pub",
                "before the stick leaves the house"),
            .init(
                "sealift verify line7-2026.11.0-k3s-amd64 --key line7.pub --require sbom.cdx.json,provenance --json",
                "the whole report for an auditor"),
        ])

    private static func run(_ invocation: Invocation, _ console: Console) throws {
        let demanded = try Evidence.demanded(invocation.values("require"))
        let jobs = try JobsOption.value(of: invocation)
        let path = FilePath(invocation.argument("BUNDLE") ?? "")
        var report = VerifyReport(
            by: ("sealift", Sealift.version), of: path, isDeep: invocation.flag("deep"), at: System.now())
        do {
            let bundle = try check(path, demanding: demanded, jobs: jobs, invocation, console, &report)
            console.finish()
            try console.result(report.good(at: System.now()), text: text(bundle, report))
        } catch let error as any Diagnosable {
            throw report.refused(error.diagnostic, at: System.now())
        }
    }

    private static func check(
        _ path: FilePath, demanding demanded: Set<Evidence>, jobs: Int, _ invocation: Invocation, _ console: Console,
        _ report: inout VerifyReport
    ) throws -> VerifiedBundle {
        let (bundle, policy, warned) = try TrustOptions.open(path, invocation, console)
        report.warn(warned)
        report.opened(bundle, under: policy, demanding: demanded)
        try report.checkFiles()
        report.warn(try bundle.unnamedVolumes().map(unnamed))
        try bundle.verifyPayload(deep: invocation.flag("deep"), workers: jobs, progress: console.progress)
        let isStream = !bundle.manifest.target.os.takesPlainFiles
        if invocation.flag("deep"), isStream { try IndependentJudge.read(bundle) }
        console.finish()
        report.allWarnings.dropFirst(warned.count).forEach(console.say)
        return bundle
    }

    private static func unnamed(_ name: String) -> Diagnostic {
        Diagnostic(
            "\(quoted(name)) looks like a part of the payload, and SHA256SUMS does not name it: it is not read",
            severity: .warning,
            next: "find out how it came onto the medium; do not unpack with payload-*", exitCode: .done)
    }

    private static func text(_ bundle: VerifiedBundle, _ report: VerifyReport) -> String {
        let manifest = bundle.manifest
        let parts = manifest.target.os.takesPlainFiles ? "" : "\(manifest.chunks.count) chunks, "
        let under = bundle.keyChain.map { "\nunder      \($0.words)" } ?? ""
        let evidence = report.evidenceNames
        return """
            good: \(manifest.folderName)
            signed by  \(bundle.vouchers.joined(separator: "\n           "))\(under)
            checked    \(bundle.sums.lines.count) files, \(parts)\(bundle.payloadSize.formatted) of payload
            evidence   \(evidence.isEmpty ? "none" : evidence.joined(separator: ", "))
            """
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
