public import Format
public import LibCrypto
public import Posix
public import Reporting
import Transaction
public import Values
public import Verify

/// Carries out a plan: everything staged in one pass over the medium, checked and durable, then laid, then started.
public final class Installation {
    /// What an installation takes from outside.
    public struct Environment: Sendable {
        /// The time of day, for the receipt.
        public var now: Timestamp
        /// A name for this run that nobody can guess.
        public var runName: String
        /// The installer's own version, for the receipt.
        public var installer: String
        /// Warnings that belong into the receipt.
        public var warnings: [String]
        /// Keys that the site trusts from now on, if the installation succeeds.
        public var rememberedKeys: [PublicKey] = []
        /// Threads that unpack.
        public var workers: Int
        /// Whether syncfs(2) tells of errors (Linux 5.8).
        public var trustsFileSystemSync: Bool
        /// How files are changed.
        public var effects: any FileEffects
        /// Where steps are done.
        public var machine: any Machine
        /// Where work tells how far it is.
        public var progress: any ProgressReceiver
        /// Asked before every chunk and every step.
        public var isCancelled: @Sendable () -> Bool

        /// Takes all as they are.
        public init(
            now: Timestamp, runName: String, installer: String, warnings: [String] = [], workers: Int,
            trustsFileSystemSync: Bool, effects: any FileEffects = SystemFileEffects(),
            machine: any Machine = HostMachine(), progress: any ProgressReceiver = SilentProgress(),
            isCancelled: @escaping @Sendable () -> Bool = { false }
        ) {
            self.now = now
            self.runName = runName
            self.installer = installer
            self.warnings = warnings
            self.workers = workers
            self.trustsFileSystemSync = trustsFileSystemSync
            self.effects = effects
            self.machine = machine
            self.progress = progress
            self.isCancelled = isCancelled
        }
    }

    /// How it ended, when it ended well.
    public struct Outcome: Hashable, Sendable {
        /// The receipt as it is on the target now.
        public let receipt: Receipt
        /// Whether anything was changed.
        public let isChanged: Bool
    }

    let bundle: VerifiedBundle
    let plan: Plan
    let values: SiteValues
    let environment: Environment
    let owners: OwnerTable
    let root: DirectoryHandle
    let transaction: Transaction
    var record: InstallationRecord
    /// Where templates go that somebody's own file keeps from their places, by the entry's index.
    var places: [Int: MemberPath] = [:]

    private init(
        _ bundle: VerifiedBundle, _ plan: Plan, _ values: SiteValues, _ environment: Environment
    ) throws {
        self.bundle = bundle
        self.plan = plan
        self.values = values
        self.environment = environment
        let users = bundle.manifest.users.filter { $0.roles.includes(plan.role) }
        owners = try OwnerTable(root: plan.root.path, adding: users, givesOwners: plan.root.givesOwners)
        root = try DirectoryHandle.open(plan.root.path)
        transaction = try Transaction(
            root: plan.root.path, state: TargetRoot.state, name: environment.runName,
            watched: plan.watchedFolders(bundle),
            trustsFileSystemSync: environment.trustsFileSystemSync, effects: environment.effects)
        record = InstallationRecord(bundle.manifest.entries.filter { $0.roles.includes(plan.role) })
    }

    /// Installs. The caller holds the target's lock, and has recovered what an earlier run left.
    ///
    /// - Throws: ``Diagnostic``; the machine is then as it was before, unless its exit code is ``ExitCode/recoverNeeded``.
    public static func run(
        _ plan: Plan, of bundle: VerifiedBundle, values: SiteValues, in environment: Environment
    ) throws(Diagnostic) -> Outcome {
        let steps = StepRunner(
            environment.machine, progress: environment.progress, isCancelled: environment.isCancelled)
        var begun: Transaction?
        do {
            let installation = try Installation(bundle, plan, values, environment)
            begun = installation.transaction
            return try installation.run(steps)
        } catch {
            throw undo(error, steps, begun)
        }
    }

    private func run(_ steps: StepRunner) throws -> Outcome {
        try layOwnFiles()
        try stage()
        let receipt = makeReceipt()
        guard !transaction.isEmpty || receipt.differs(from: plan.previous) else {
            return try endUnchanged(plan.previous ?? receipt, steps)
        }
        try stageReceipt(receipt)
        try transaction.seal()
        guard !environment.isCancelled() else { throw ApplyError.cancelled }
        if plan.root.isRunning {
            try steps.stop(plan.startedUnits)
            try steps.retire(plan.retiredUnits, linked: plan.previous?.linkedUnits ?? [])
        }
        if plan.isUpgrade, let previous = plan.previous { try keepPrevious(previous) }
        try transaction.commit()
        if plan.root.isRunning {
            try steps.run(plan.steps)
            try steps.waitUntilHealthy(receipt.operation, images: receipt.images, bytes: imageBytes)
        }
        if let leftover = try transaction.finish() { environment.progress.say(Self.uncleared(leftover)) }
        return Outcome(receipt: receipt, isChanged: true)
    }

    /// Nothing of the bundle had to be changed; perhaps its own files had.
    private func endUnchanged(_ receipt: Receipt, _ steps: StepRunner) throws -> Outcome {
        try stageKeyLists()
        if !transaction.isEmpty {
            try transaction.seal()
            try transaction.commit()
        }
        if transaction.hasCommitted {
            if let leftover = try transaction.finish() { environment.progress.say(Self.uncleared(leftover)) }
        } else {
            try transaction.undo()
        }
        try steps.run(plan.stepsAgain)
        return Outcome(receipt: receipt, isChanged: false)
    }

    /// What the archives of the role's images take.
    private var imageBytes: ByteCount {
        let archives = Set(bundle.manifest.images.map(\.archive))
        return bundle.manifest.entries.filter { archives.contains($0.path) && $0.roles.includes(plan.role) }
            .reduce(0) { $0 + ($1.content?.size ?? 0) }
    }

    /// Takes everything back, and says what happened and how the machine is now.
    static func undo(_ error: any Error, _ steps: StepRunner, _ transaction: Transaction?) -> Diagnostic {
        var diagnostic = diagnostic(for: error)
        var failed = steps.takeBack()
        do {
            for folder in try transaction?.undo() ?? [] {
                diagnostic.details.append(.init("left", "folder /\(folder.text), which is not empty"))
            }
        } catch {
            let second = Self.diagnostic(for: error)
            diagnostic.details.append(.init("and then", second.message))
            diagnostic.next = second.next
            diagnostic.exitCode = .recoverNeeded
            return diagnostic
        }
        failed += steps.restart()
        diagnostic.details += failed.map { .init("left", $0) }
        diagnostic.details.append(
            .init("machine", failed.isEmpty ? "as it was before" : "files as they were before, but see what is left"))
        if !failed.isEmpty { diagnostic.exitCode = .recoverNeeded }
        return diagnostic
    }

    private static func diagnostic(for error: any Error) -> Diagnostic {
        if let error = error as? any Diagnosable { return error.diagnostic }
        return Diagnostic("something unforeseen happened: \(error)", exitCode: .internalError)
    }

    static func uncleared(_ error: FileError) -> Diagnostic {
        Diagnostic(
            "the installation is done, but what was kept of the old files could not be removed: \(error.diagnostic.message)",
            severity: .warning, next: "run `sealift-install recover` when the cause is mended", exitCode: .done)
    }
}
