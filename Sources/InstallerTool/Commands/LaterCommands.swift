import Arguments
import Reporting

/// Verbs that are promised and not there yet: refused in words, never half done.
enum LaterCommands {
    static let rollback = refusing(
        "rollback", "go back to the bundle before", "install that bundle again with --allow-downgrade")
    static let set = refusing("set", "change a value of this site", "run `sealift-install apply` with the new value")
    static let report = refusing("report", "write a report for the office", "use `sealift-install status --json`")

    private static func refusing(_ name: String, _ summary: String, _ next: String) -> InstallerCommand {
        let table = Command(
            name, summary + " (not in version \(SealiftInstall.version))",
            options: BundleOptions.everyVerb)
        return InstallerCommand(table) { _, _ in
            throw Diagnostic(
                "sealift-install \(SealiftInstall.version) cannot \(name) yet", next: next, exitCode: .usage)
        }
    }
}
