import Apply
import Arguments
import Format
import JSON
import Posix
import Preflight
import Reporting
import Transaction
import Values

/// Removes what a bundle laid. Data of the platform and files that a person changed stay.
enum UninstallCommand {
    static let command = InstallerCommand(
        Command(
            "uninstall", "remove the files and units of a bundle; data of the platform stays",
            options: BundleOptions.everyVerb + [
                .value("name", "NAME", "which bundle; the only one, unless given"),
                .flag("purge", "remove the platform's data too"), .flag("yes", letter: "y", "do not ask"),
            ])
    ) { invocation, console in
        let target = try BundleOptions.target(invocation)
        let lock = try TargetLock(root: target.path)
        defer { withExtendedLifetime(lock) {} }
        try RecoverCommand.recover(target, console)
        let receipt = try InstalledReceipt.named(invocation.value("name"), at: target)
        try Needs.checkRemoval(of: receipt, from: InstalledBundles.receipts(root: target.path))
        let removal = try Removal(of: receipt, at: target, purges: invocation.flag("purge"))
        console.show(removal.text)
        if !invocation.flag("yes") {
            guard let person = Conversation() else {
                throw Diagnostic(
                    "cannot ask whether to uninstall: there is no terminal", next: "run again with --yes",
                    exitCode: .usage)
            }
            guard try person.confirms("remove this?") else {
                throw Diagnostic("nothing was done", severity: .note, exitCode: .restored)
            }
        }
        let left = try removal.run(
            runName: System.randomName(), trustsFileSystemSync: KernelRelease(System.kernelRelease).isAtLeast([5, 8]),
            machine: HostMachine(), progress: console.progress)
        try console.result(
            [
                "uninstalled": .string(receipt.bundle.name.description),
                "left": .array(left.map { .string("/" + $0.text) }),
                "untilReboot": .array(removal.remains.map { .string($0) }),
            ],
            text: "uninstalled \(receipt.bundle.name) \(receipt.bundle.version)"
                + (left.isEmpty ? "" : "; left: " + left.map { "/" + $0.text }.joined(separator: ", "))
                + (removal.remains.isEmpty ? "" : "; until a reboot: " + removal.remains.joined(separator: "; ")))
    }
}

/// The receipt that a verb without a bundle means.
enum InstalledReceipt {
    /// The one of that name, or the only one.
    static func named(_ name: String?, at target: TargetRoot) throws -> Receipt {
        let receipts = try InstalledBundles.receipts(root: target.path)
        let found = receipts.filter { name == nil || $0.bundle.name.description == name }
        guard found.count == 1 else { throw ApplyError.noReceipt(installed: receipts.map(\.bundle.name)) }
        return found[0]
    }
}
