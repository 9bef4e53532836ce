import Arguments
import Format
import LibCrypto
import Posix
import Reporting
import Trust
import Verify

/// Checks every stored byte of the bundle.
enum VerifyCommand {
    static let command = InstallerCommand(
        Command(
            "verify", "check every byte of the bundle against its signature",
            options: BundleOptions.everyVerb + [
                .values("require", "EVIDENCE", "refuse a bundle without it, such as \(Evidence.provenance.rawValue)")
            ])
    ) { invocation, console in
        let demanded = try Evidence.demanded(invocation.values("require"))
        var report = VerifyReport(
            by: (Console.program, SealiftInstall.version), of: try BundleOptions.folder(invocation), isDeep: false,
            at: System.now())
        do {
            let bundle = try check(invocation, console, demanding: demanded, &report)
            try console.result(
                report.good(at: System.now()),
                text: "\(bundle.manifest.folderName) is as \(bundle.vouchers.joined(separator: ", ")) signed it"
                    + (bundle.keyChain.map { ", under \($0.words)" } ?? ""))
        } catch let error as any Diagnosable {
            throw report.refused(error.diagnostic, at: System.now())
        }
    }

    private static func check(
        _ invocation: Invocation, _ console: Console, demanding demanded: Set<Evidence>, _ report: inout VerifyReport
    ) throws -> VerifiedBundle {
        let opened = try BundleOptions.open(invocation, console)
        let bundle = opened.bundle
        report.warn(opened.warnings)
        report.opened(bundle, under: opened.policy, demanding: demanded)
        try report.checkFiles()
        report.warn(try BundleOptions.unnamedVolumes(of: bundle))
        report.allWarnings.dropFirst(opened.warnings.count).forEach(console.say)
        BundleOptions.askForVolumes(of: bundle, Conversation(), console)
        try bundle.verifyPayload(deep: false, workers: Workers.processorCount, progress: console.progress)
        return bundle
    }
}
