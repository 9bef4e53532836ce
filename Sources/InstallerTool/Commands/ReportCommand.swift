import Apply
import Arguments
import Format
import JSON
import Posix
import Reporting
import Values

/// Writes what this machine has, for the office: receipts as they stand, and what differs from them.
enum ReportCommand {
    static let command = InstallerCommand(
        Command(
            "report", "write what this machine has as JSON, to be carried back; it holds no secrets",
            options: BundleOptions.everyVerb + [
                .value("output", letter: "o", "FILE", "write it there and not to standard output", completing: .file)
            ])
    ) { invocation, console in
        let target = try BundleOptions.targetToRead(invocation, console)
        let rows = try InstalledBundles.receipts(root: target.path).map { receipt -> JSONValue in
            let state = try InstalledState(
                of: receipt, at: target, machine: HostMachine(), workers: Workers.processorCount, now: System.now())
            return ["receipt": try JSONValue.parse(receipt.canonical()), "state": state.json]
        }
        let report: JSONValue = [
            "format": 1, "host": .string(System.hostName), "time": .string(System.now().description),
            "installer": .string(SealiftInstall.version), "kernel": .string(System.kernelRelease),
            "bundles": .array(rows),
        ]
        guard let file = invocation.value("output") else {
            return try StandardStream.output.write(report.canonical())
        }
        try Files.replace(FilePath(file), with: report.canonical())
        try console.result(["written": .string(file)], text: "wrote \(file)")
    }
}
