import Apply
import Arguments
import Format
import JSON
import Posix
import Preflight
import Reporting
import Transaction
import Values

/// Goes back to the bundle that the last upgrade has replaced.
enum RollbackCommand {
    static let command = InstallerCommand(
        Command(
            "rollback", "go back to the bundle before the last upgrade, without its medium",
            options: BundleOptions.everyVerb + [
                .value("name", "NAME", "which bundle; the only one, unless given"),
                .flag("yes", letter: "y", "do not ask"),
            ])
    ) { invocation, console in
        let target = try BundleOptions.target(invocation)
        let lock = try TargetLock(root: target.path)
        defer { withExtendedLifetime(lock) {} }
        try RecoverCommand.recover(target, console)
        let rollback = try Rollback(of: InstalledReceipt.named(invocation.value("name"), at: target), at: target)
        console.show(rollback.text)
        if !invocation.flag("yes") {
            guard let person = Conversation() else {
                throw Diagnostic(
                    "cannot ask whether to go back: there is no terminal", next: "run again with --yes",
                    exitCode: .usage)
            }
            guard try person.confirms("do this?") else {
                throw Diagnostic("nothing was done", severity: .note, exitCode: .restored)
            }
        }
        Interruption.listen()
        let receipt = try rollback.run(in: InstallCommand.environment([], keys: [], console))
        try console.result(
            [
                "rolledBack": .string(receipt.bundle.name.description),
                "version": .string(receipt.bundle.version.description),
                "sequence": .integer(receipt.bundle.sequence), "data": .bool(rollback.bringsData),
            ],
            text: "went back to \(receipt.bundle.name) \(receipt.bundle.version): \(rollback.whatIsLost)")
    }
}
