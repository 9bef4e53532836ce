import Apply
import FaultInjection
import Format
import Glibc
import LibCrypto
import Posix
import Reporting
import Transaction
import Trust
import Values
import Verify

/// One run of the installer's parts, with faults.
enum FaultyRun {
    static func main(_ words: [String]) -> Int32 {
        let fault = System.environment("SEALIFT_FAULT").flatMap { Fault(parsing: $0) }
        let effects = FaultyFileEffects(fault)
        do {
            guard words.count >= 2 else { throw Mistake(words: words) }
            try run(words[0], words, effects)
            try StandardStream.output.write(Array("\(effects.calls.count)\n".utf8))
            return 0
        } catch {
            _ = Result { try StandardStream.errors.write(Array("\(error)\n".utf8)) }
            return 1
        }
    }

    struct Mistake: Error { let words: [String] }

    private static func run(_ verb: String, _ words: [String], _ effects: FaultyFileEffects) throws {
        let target = TargetRoot(path: FilePath(words[1]), isRunning: false, givesOwners: System.userID == 0)
        let environment = Installation.Environment(
            now: Timestamp(seconds: 1_763_700_000), runName: "faulty-\(System.environment("SEALIFT_RUN") ?? "0")",
            installer: "0.0.1", workers: 1, trustsFileSystemSync: true, effects: effects)
        switch verb {
        case "install": try install(target, words, environment)
        case "uninstall":
            for receipt in try InstalledBundles.receipts(root: target.path) {
                _ = try Removal(of: receipt, at: target).run(
                    runName: environment.runName, trustsFileSystemSync: true, effects: effects,
                    machine: HostMachine(), progress: SilentProgress())
            }
        case "rollback":
            for receipt in try InstalledBundles.receipts(root: target.path) {
                _ = try Rollback(of: receipt, at: target).run(in: environment)
            }
        case "recover":
            _ = try Transaction.recover(root: target.path, state: TargetRoot.state, effects: effects)
        default: throw Mistake(words: words)
        }
    }

    private static func install(
        _ target: TargetRoot, _ words: [String], _ environment: Installation.Environment
    ) throws {
        guard words.count == 5 else { throw Mistake(words: words) }
        let policy = try TrustPolicy.load(
            TrustRequest(keyFiles: [FilePath(words[3])]), at: TrustSite(), bundle: FilePath(words[2])
        ).policy
        let bundle = try UntrustedBundle(opening: FilePath(words[2])).verified(under: policy)
        let receipts = try InstalledBundles.receipts(root: target.path)
        let source = try ValueSource.file(words[4], Files.read(FilePath(words[4]), limit: .mebibytes(1)))
        let values = try SiteValues(for: "server", of: bundle.manifest, from: [source], asking: nil)
        let planner = try Planner(
            bundle, for: target, role: "server", values: values, receipts: receipts, workers: 1)
        try planner.checkPolicy(now: environment.now)
        _ = try Installation.run(planner.plan(), of: bundle, values: values, in: environment)
    }
}
