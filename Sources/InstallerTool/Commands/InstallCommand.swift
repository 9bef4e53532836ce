import Apply
import Arguments
import Format
import JSON
import LibCrypto
import Posix
import Preflight
import Reporting
import Transaction
import Values
import Verify

/// Installs: without a verb after a look and a question, with `apply` at once.
enum InstallCommand {
    private static let options = BundleOptions.everyVerb + SiteOptions.table

    static let withoutVerb = InstallerCommand(
        Command("", "check, show the plan, ask, and install", options: options)
    ) { try run($0, $1, asks: true) }

    static let apply = InstallerCommand(
        Command(
            "apply", "install without asking whether to", options: options,
            examples: [
                .init(
                    "sealift-install apply --bundle /mnt/line7-2026.11.0-k3s-amd64 --key site.pub --role agent --values a.env",
                    "installs an agent with the values of a file")
            ])
    ) { try run($0, $1, asks: false) }

    /// Templates are in the bundle, so the one that is installed must be at hand.
    static let set = InstallerCommand(
        Command(
            "set", "change values of this site, with the bundle that is installed", options: options,
            examples: [
                .init(
                    "sealift-install set --bundle /mnt/line7-2026.11.0-k3s-amd64 --set NODE_IP=10.0.0.8",
                    "renders the templates anew; values that are not named stay")
            ])
    ) { try run($0, $1, asks: false, changes: true) }

    private static func run(_ invocation: Invocation, _ console: Console, asks: Bool, changes: Bool = false) throws {
        let target = try BundleOptions.target(invocation)
        let opened = try BundleOptions.open(invocation, console)
        let person = invocation.flag("yes") ? nil : Conversation()
        guard !asks || invocation.flag("yes") || person != nil else { throw noTerminal }
        BundleOptions.askForVolumes(of: opened.bundle, person, console)
        if let key = opened.firstUse { try FirstUseOption.confirm(key, invocation, person, console) }
        // First of all: what a run that was cut off left takes room, and its receipt may not count.
        let lock = try TargetLock(root: target.path)
        defer { withExtendedLifetime(lock) {} }
        try RecoverCommand.recover(target, console)

        let choice = try SiteOptions.choose(invocation, opened, target, person)
        choice.warnings.forEach(console.say)
        if changes, choice.receipts.allSatisfy({ $0.bundle.digest != opened.bundle.rootDigest }) {
            throw ApplyError.noReceipt(installed: choice.receipts.map(\.bundle.name))
        }
        let planner = try planner(opened, target, choice)
        let allowed = try planner.checkPolicy(
            now: System.now(), allowing: SiteOptions.allowances(invocation), under: opened.site)
        allowed.forEach(console.say)
        let survey = try CheckCommand.survey(invocation, opened, target, choice)
        console.show("checks\n" + survey.text(isVerbose: invocation.flag("verbose")))
        guard survey.isPassed else { throw try CheckCommand.refusal(survey, console) }
        let warnings =
            try opened.warnings + choice.warnings + allowed + BundleOptions.checkFiles(opened.bundle, console)
            + CheckCommand.warnings(survey)
        let plan = try planner.plan()
        if person == nil { try opened.bundle.demandVolumes(for: plan.chunks) }
        if asks {
            console.show("\n" + choice.text + plan.text(opened.bundle.manifest))
            guard try plan.isUnchanged || person?.confirms("do this?") ?? true else { throw declined }
        }
        let environment = try environment(
            warnings + notes(plan),
            keys: invocation.flag("remember-key") || opened.firstUse != nil ? opened.bundle.keys : [], console)
        Interruption.listen()
        let outcome = try Installation.run(plan, of: opened.bundle, values: choice.values, in: environment)
        try report(outcome, plan, survey, console)
    }

    static func planner(
        _ opened: BundleOptions.Opened, _ target: TargetRoot, _ choice: SiteOptions.Choice
    ) throws -> Planner {
        try Planner(
            opened.bundle, for: target, role: choice.role, values: choice.values, receipts: choice.receipts,
            workers: Workers.processorCount)
    }

    static func environment(
        _ warnings: [Diagnostic], keys: [PublicKey], _ console: Console
    ) throws -> Installation.Environment {
        var environment = Installation.Environment(
            now: System.now(), runName: try System.randomName(), installer: SealiftInstall.version,
            warnings: warnings.map(\.message), workers: Workers.processorCount,
            trustsFileSystemSync: KernelRelease(System.kernelRelease).isAtLeast([5, 8]), progress: console.progress,
            isCancelled: { Interruption.wasAsked })
        environment.rememberedKeys = keys
        return environment
    }

    /// What a later reader of the receipt should know.
    private static func notes(_ plan: Plan) -> [Diagnostic] {
        var notes: [Diagnostic] = []
        func add(_ words: String) { notes.append(Diagnostic(words, severity: .warning, exitCode: .done)) }
        if !plan.root.givesOwners { add("installed by an ordinary user: all files belong to that user") }
        for item in plan.items where item.action == .replace && item.note != nil {
            add("/\(item.path.text) \(item.note ?? "") and was replaced")
        }
        return notes
    }

    private static func report(
        _ outcome: Installation.Outcome, _ plan: Plan, _ survey: Survey, _ console: Console
    ) throws {
        let receipt = "/\(TargetRoot.receipts.text)/\(plan.bundle.name).json"
        let what = "\(plan.bundle.name) \(plan.bundle.version) as \(plan.role)"
        try console.result(
            [
                "installed": .bool(true), "checks": survey.json, "changed": .bool(outcome.isChanged), "plan": plan.json,
                "receipt": .string(receipt), "warnings": .array(outcome.receipt.warnings.map { .string($0) }),
            ],
            text: outcome.isChanged
                ? "installed \(what); the receipt is \(receipt)"
                : "\(what) is installed already, nothing was changed")
    }

    private static let declined = Diagnostic(
        "nothing was done", severity: .note, next: "answer y next time, or give --yes", exitCode: .restored)
    private static let noTerminal = Diagnostic(
        "cannot ask whether to install: there is no terminal",
        next: "look at `sealift-install plan` first, then run again with --yes", exitCode: .usage)
}
