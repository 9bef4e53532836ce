import Apply
import Arguments
import Format
import JSON
import Posix
import Reporting
import Values

/// Says what is installed, and which files are not as they were laid.
enum StatusCommand {
    static let command = InstallerCommand(
        Command(
            "status", "show what is installed and what was changed since",
            options: BundleOptions.everyVerb)
    ) { invocation, console in
        let target = try BundleOptions.targetToRead(invocation)
        let states = try InstalledBundles.receipts(root: target.path).map { receipt in
            try InstalledState(of: receipt, at: target, machine: HostMachine(), workers: Workers.processorCount)
        }
        try console.result(
            ["installed": .array(states.map(\.json))],
            text: states.isEmpty ? "no bundle is installed" : states.map(\.text).joined(separator: "\n"))
    }
}
