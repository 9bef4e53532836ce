import Apply
import Arguments
import Format
import JSON
import Posix
import Reporting
import Transaction
import Values

/// Says what is installed, and what is not as it was laid.
enum StatusCommand {
    static let command = InstallerCommand(
        Command(
            "status", "show what is installed and what was changed since",
            options: BundleOptions.everyVerb + [
                .flag("repair", "have the runtime take in images that it lacks from the laid archives")
            ])
    ) { invocation, console in
        let target = try BundleOptions.targetToRead(invocation, console)
        var states = try states(of: target)
        if invocation.flag("repair") {
            guard System.userID == 0, target.isRunning else { throw ApplyError.notRoot }
            let lock = try TargetLock(root: target.path)
            defer { withExtendedLifetime(lock) {} }
            for state in states { _ = try state.importMissing(HostMachine(), progress: console.progress) }
            states = try Self.states(of: target)
        }
        try console.result(
            ["installed": .array(states.map(\.json))],
            text: states.isEmpty ? "no bundle is installed" : states.map(\.text).joined(separator: "\n"))
        guard !invocation.flag("repair") || states.allSatisfy({ $0.missingImages?.isEmpty ?? true }) else {
            throw Diagnostic(
                "images are missing still",
                next: "look at what the import said; install the bundle again from its medium",
                exitCode: .restored)
        }
    }

    private static func states(of target: TargetRoot) throws -> [InstalledState] {
        try InstalledBundles.receipts(root: target.path).map { receipt in
            try InstalledState(
                of: receipt, at: target, machine: HostMachine(), workers: Workers.processorCount, now: System.now())
        }
    }
}
