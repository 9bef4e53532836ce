import Apply
import Arguments
import JSON
import Posix
import Preflight
import Reporting
import Transaction
import Values
import Verify

/// Looks whether this machine meets what the bundle requires; changes nothing.
enum CheckCommand {
    static let command = InstallerCommand(
        Command(
            "check", "check this machine against what the bundle requires, and change nothing",
            options: BundleOptions.everyVerb
                + SiteOptions.table.filter { ["role", "site", "ignore", "verbose"].contains($0.name) } + [
                    probeDisk, wholeMachine,
                ],
            examples: [
                .init(
                    "sealift-install check --survey --json > line7.survey.json",
                    "what this machine tells, for sealift build --site")
            ])
    ) { invocation, console in
        guard try !invocation.flag("survey") && BundleOptions.isAtHand(invocation) else {
            return try survey(console, isVerbose: invocation.flag("verbose"))
        }
        let target = try BundleOptions.targetToRead(invocation, console)
        let opened = try BundleOptions.open(invocation, console)
        let receipts = try InstalledBundles.receipts(root: target.path)
        let role = try SiteOptions.role(
            invocation, opened.bundle.manifest, receipts, SiteOptions.siteFile(invocation, opened, target).0,
            invocation.value("role") == nil ? Conversation() : nil)
        let survey = try survey(
            invocation, opened, target, SiteOptions.Choice(role: role, values: SiteValues(), receipts: receipts),
            probesDisk: invocation.flag("probe-disk"))
        try console.result(survey.json, text: survey.text(isVerbose: invocation.flag("verbose")))
        guard survey.isPassed else { throw Ending(exitCode: .requirements) }
    }

    /// The one look that writes.
    private static let probeDisk: Option = .flag(
        "probe-disk",
        "measure how fast small writes are, where the bundle asks for that: writes 66 MiB into files without a name")

    /// Without a bundle.
    private static let wholeMachine: Option = .flag(
        "survey",
        "tell of this machine whatever the bundle; with --json for `sealift build --site`. So it is without a bundle at hand"
    )

    /// Says what this machine is, for whatever bundle; nothing is refused.
    private static func survey(_ console: Console, isVerbose: Bool) throws {
        let probe = HostProbe(root: "/")
        let general = Preflight.general(probe)
        let receipts = try InstalledBundles.receipts(root: "/")
        try console.result(
            MachineRecord(of: probe, receipts: receipts)
                .json(installer: SealiftInstall.version, findings: general.findings),
            text: "a survey of \(probe.hostName), for no bundle in particular\n" + general.text(isVerbose: true))
    }

    /// Tries every rule for one role.
    static func survey(
        _ invocation: Invocation, _ opened: BundleOptions.Opened, _ target: TargetRoot, _ choice: SiteOptions.Choice,
        probesDisk: Bool = false
    ) throws -> Survey {
        try Preflight(
            opened.bundle.manifest, role: choice.role, probe: HostProbe(root: target.path), isRunning: target.isRunning,
            receipts: choice.receipts,
            unfinished: Transaction.unfinishedPaths(root: target.path, state: TargetRoot.state), probesDisk: probesDisk
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
