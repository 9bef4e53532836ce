import Apply
import Arguments
import JSON
import Posix
import Preflight
import Reporting
import Values
import Verify

/// Looks whether this machine meets what the bundle requires; changes nothing.
enum CheckCommand {
    static let command = InstallerCommand(
        Command(
            "check", "check this machine against what the bundle requires, and change nothing",
            options: BundleOptions.everyVerb
                + SiteOptions.table.filter { ["role", "site", "ignore", "verbose"].contains($0.name) })
    ) { invocation, console in
        let target = try BundleOptions.targetToRead(invocation)
        let opened = try BundleOptions.open(invocation, console)
        let receipts = try InstalledBundles.receipts(root: target.path)
        let role = try SiteOptions.role(
            invocation, opened.bundle.manifest, receipts, SiteOptions.siteFile(invocation, opened, target).0,
            invocation.value("role") == nil ? Conversation() : nil)
        let survey = try survey(
            invocation, opened, target, SiteOptions.Choice(role: role, values: SiteValues(), receipts: receipts))
        try console.result(survey.json, text: survey.text(isVerbose: invocation.flag("verbose")))
        guard survey.isPassed else { throw Ending(exitCode: .requirements) }
    }

    /// Tries every rule for one role.
    static func survey(
        _ invocation: Invocation, _ opened: BundleOptions.Opened, _ target: TargetRoot, _ choice: SiteOptions.Choice
    ) throws -> Survey {
        try Preflight(
            opened.bundle.manifest, role: choice.role, probe: HostProbe(root: target.path), isRunning: target.isRunning,
            receipts: choice.receipts
        ).survey(ignoring: Set(invocation.values("ignore")))
    }

    /// Says that nothing is installed, in JSON with all findings.
    static func refusal(_ survey: Survey, _ console: Console) throws -> Ending {
        let refusal = survey.refusal
        console.say(refusal)
        if console.isJSON {
            try console.result(
                [
                    "installed": false, "checks": survey.json, "error": JSONValue(refusal.fields),
                    "exitCode": .integer(Int(refusal.exitCode.rawValue)),
                ], text: "")
        }
        return Ending(exitCode: refusal.exitCode)
    }

    /// What a later reader of the receipt should know.
    static func warnings(_ survey: Survey) -> [Diagnostic] {
        survey.with(.warn).map { finding in
            Diagnostic(
                "\(finding.id)\(finding.isIgnored ? ", ignored" : ""): \(finding.measured), \(finding.limit)",
                severity: .warning, next: finding.fix,
                exitCode: .requirements)
        }
    }
}
