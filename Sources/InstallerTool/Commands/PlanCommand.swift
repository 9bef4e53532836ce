import Apply
import Arguments
import JSON
import Posix
import Reporting
import Verify

/// Shows what installing would do.
enum PlanCommand {
    static let command = InstallerCommand(
        Command(
            "plan", "show what installing would change, and change nothing",
            options: BundleOptions.trust + [BundleOptions.root] + SiteOptions.table)
    ) { invocation, console in
        let target = try BundleOptions.targetToRead(invocation)
        let opened = try BundleOptions.open(invocation, console)
        let person = invocation.flag("yes") ? nil : Conversation()
        let choice = try SiteOptions.choose(invocation, opened, target, person)
        let planner = try InstallCommand.planner(opened, target, choice)
        try planner.checkPolicy(now: System.now(), allowsDowngrade: invocation.flag("allow-downgrade"))
        let plan = try planner.plan()
        try console.result(plan.json, text: plan.text(opened.bundle.manifest))
    }
}
