import Apply
import Arguments
import JSON
import Posix
import Preflight
import Reporting
import Verify

/// Shows what installing would do.
enum PlanCommand {
    static let command = InstallerCommand(
        Command(
            "plan", "show what installing would change, and change nothing",
            options: BundleOptions.everyVerb + SiteOptions.table)
    ) { invocation, console in
        let target = try BundleOptions.targetToRead(invocation, console)
        let opened = try BundleOptions.open(invocation, console)
        let person = invocation.flag("yes") ? nil : Conversation()
        BundleOptions.askForVolumes(of: opened.bundle, person, console)
        let choice = try SiteOptions.choose(invocation, opened, target, person)
        choice.warnings.forEach(console.say)
        let planner = try InstallCommand.planner(opened, target, choice)
        try planner.checkPolicy(now: System.now(), allowing: SiteOptions.allowances(invocation), under: opened.site)
            .forEach(console.say)
        let survey = try CheckCommand.survey(invocation, opened, target, choice)
        let plan = try planner.plan()
        var json = plan.json.objectValue ?? JSONObject()
        json.append("checks", survey.json)
        json.append("site", choice.json)
        try console.result(
            .object(json),
            text: "checks\n" + survey.text(isVerbose: invocation.flag("verbose")) + "\n" + choice.text
                + plan.text(opened.bundle.manifest))
        guard survey.isPassed else { throw Ending(exitCode: .requirements) }
    }
}
