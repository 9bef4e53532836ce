public import Format
import LibCrypto
import Posix
public import Reporting
import Transaction
import Values

/// Brings back the bundle that the last upgrade has replaced, from what that upgrade kept. Needs no medium.
public struct Rollback: Sendable {
    /// What is installed.
    public let current: Receipt
    /// What comes back.
    public let previous: Receipt
    /// Whether the copy of the platform's data comes back too, and what was written since is lost.
    public let bringsData: Bool
    private let kept: KeptState
    private let target: TargetRoot
    /// Kept files that are laid again.
    private let laid: [Transaction.Kept]
    /// Kept files in whose places somebody has changed the newer ones: those stay, and these are laid beside.
    private let aside: [Transaction.Kept]
    /// Files that go.
    private let going: [MemberPath]
    /// Files that somebody has changed since, and that stay.
    private let staying: [MemberPath]

    /// Looks at what is there; changes nothing.
    ///
    /// - Throws: ``ApplyError`` when there is no way back, ``FileError``, ``FormatError``.
    public init(of current: Receipt, at target: TargetRoot) throws {
        let root = try DirectoryHandle.open(target.path)
        guard let found = try KeptState.read(current.bundle.name, in: root) else {
            throw ApplyError.noPrevious(current.bundle.name)
        }
        (self.current, previous, kept, self.target) = (current, found.receipt, found.kept, target)
        bringsData = try Self.bringsData(current, found.kept)
        let comparison = try ReceiptComparison(root: target.path, givesOwners: false)
        (laid, aside, going, staying) = try Self.sort(current, found.receipt, found.kept, comparison)
        try Self.check(laid + aside, found.receipt, root)
        if bringsData {
            let copier = try DataCopy(root: root, effects: SystemFileEffects())
            for copy in kept.copies { try copier.check(copy) }
        }
    }

    /// What the platform says of ways back; where it says nothing, a copied datastore means that files do not suffice.
    private static func bringsData(_ current: Receipt, _ kept: KeptState) throws(ApplyError) -> Bool {
        for item in current.operation {
            guard case .rollback(let way, let reason) = item.duty else { continue }
            switch way {
            case .files: return false
            case .data: return !kept.copies.isEmpty
            case .none: throw .noWayBack(current.bundle.name, reason: reason)
            }
        }
        return !kept.copies.isEmpty
    }

    /// Finds for every file of both bundles what becomes of it.
    private static func sort(
        _ current: Receipt, _ previous: Receipt, _ kept: KeptState, _ comparison: ReceiptComparison
    ) throws -> (laid: [Transaction.Kept], aside: [Transaction.Kept], going: [MemberPath], staying: [MemberPath]) {
        let places = Dictionary(kept.files.map { ($0.path, $0) }) { first, _ in first }
        let now = Dictionary(current.files.map { ($0.path, $0) }) { first, _ in first }
        var (laid, aside): ([Transaction.Kept], [Transaction.Kept]) = ([], [])
        var (missing, staying): ([MemberPath], [MemberPath]) = ([], [])
        for file in previous.files where !file.isDirectory {
            if let place = places[file.path] {
                if try isChangedByHand(now[file.path], current, comparison) {
                    aside.append(place)
                } else {
                    laid.append(place)
                }
            } else if now[file.path] != file, let drift = try comparison.drift(of: file), drift != .attributes {
                // Somebody's own, which the upgrade left alone, stays; what the upgrade laid cannot.
                let isOfUpgrade = try now[file.path].map { try comparison.drift(of: $0) != .changed } ?? false
                if drift == .changed, !isOfUpgrade { staying.append(file.path) } else { missing.append(file.path) }
            }
        }
        guard missing.isEmpty else { throw ApplyError.notKept(missing, bundle: previous.bundle) }
        var going: [MemberPath] = []
        let before = Set(previous.files.map(\.path))
        for file in current.files where !file.isDirectory && !before.contains(file.path) {
            switch try comparison.drift(of: file) {
            case nil, .attributes: going.append(file.path)
            case .changed: staying.append(file.path)
            case .missing: break
            }
        }
        return (laid, aside, going, staying)
    }

    /// Whether somebody has changed what the upgrade has laid; as in an upgrade, programs and image archives are nobody's to change.
    private static func isChangedByHand(
        _ laid: Receipt.File?, _ current: Receipt, _ comparison: ReceiptComparison
    ) throws -> Bool {
        guard let laid, case .file(let permissions, _?) = laid.kind, permissions.mode.bits & 0o111 == 0,
            !current.images.contains(where: { $0.archive == laid.path })
        else { return false }
        return try comparison.drift(of: laid) == .changed
    }

    /// What was kept must be what was laid then.
    private static func check(
        _ laid: [Transaction.Kept], _ previous: Receipt, _ root: borrowing DirectoryHandle
    ) throws {
        let files = Dictionary(previous.files.map { ($0.path, $0) }) { first, _ in first }
        let folder = HashedFolder(try root.duplicate())
        var damaged: [MemberPath] = []
        for kept in laid {
            switch files[kept.path]?.kind {
            case .link(let target)?:
                let found = try root.information(of: kept.place)?.kind
                if found != .link {
                    damaged.append(kept.path)
                } else if try root.readLink(kept.place) != target {
                    damaged.append(kept.path)
                }
            case .file(_, let content)?:
                guard try root.information(of: kept.place)?.kind == .file else {
                    damaged.append(kept.path)
                    continue
                }
                // What somebody had changed before the upgrade comes back as it was then; programs must be whole.
                let isProgram =
                    if case .file(let permissions, _)? = files[kept.path]?.kind {
                        permissions.mode.bits & 0o111 != 0
                    } else { false }
                let isArchive = previous.images.contains { $0.archive == kept.path }
                if let content, isProgram || isArchive, try folder.digest(of: kept.place) != content.digest {
                    damaged.append(kept.path)
                }
            default: break
            }
        }
        guard damaged.isEmpty else { throw ApplyError.notKept(damaged, bundle: previous.bundle) }
    }

    /// For a person: what comes back, what goes, and what is lost.
    public var text: String {
        var rows = current.units.map { ["stop", $0] }
        rows += laid.map { ["lay", "/" + $0.path.text] }
        rows += going.map { ["remove", "/" + $0.text] }
        rows += staying.map { ["keep", "/" + $0.text + " (was changed since it was laid)"] }
        rows += aside.map { kept in
            let place = Plan.Item.beside(kept.path).map { "; the old one: /\($0.text)" } ?? ""
            return ["keep", "/\(kept.path.text) (was changed since it was laid)\(place)"]
        }
        if bringsData { rows += kept.copies.map { ["lay", "/\($0.kept.path.text), as it was at \(kept.taken)"] } }
        rows += previous.units.map { ["start", $0] }
        let title = "from \(current.bundle.name) \(current.bundle.version) back to \(previous.bundle.version)"
        return ([title] + TextTable.lines(rows, indent: 2) + [whatIsLost]).map { $0 + "\n" }.joined()
    }

    /// Which of the two it is, in one line.
    public var whatIsLost: String {
        bringsData
            ? "files, and the copy of the platform's data: all that was written to it since \(kept.taken) is lost"
            : "files only: the platform's data stays as it is now"
    }

    /// Goes back. The caller holds the target's lock, and has recovered what an earlier run left.
    ///
    /// - Throws: ``Diagnostic``; the machine is then as it was before, unless its exit code is ``ExitCode/recoverNeeded``.
    public func run(in environment: Installation.Environment) throws(Diagnostic) -> Receipt {
        let steps = StepRunner(
            environment.machine, progress: environment.progress, isCancelled: environment.isCancelled)
        var begun: Transaction?
        do {
            let transaction = try Transaction(
                root: target.path, state: TargetRoot.state, name: environment.runName, watched: watchedFolders,
                trustsFileSystemSync: environment.trustsFileSystemSync, effects: environment.effects)
            begun = transaction
            let receipt = try stage(transaction, environment)
            try transaction.seal()
            if target.isRunning {
                let ending = Set(current.units).subtracting(previous.units).sorted()
                try steps.stop(current.units)
                try steps.retire(ending, linked: current.linkedUnits)
            }
            try transaction.commit()
            if target.isRunning { try start(steps) }
            if let leftover = try transaction.finish() { environment.progress.say(Installation.uncleared(leftover)) }
            return receipt
        } catch {
            throw Installation.undo(error, steps, begun)
        }
    }

    private var watchedFolders: [MemberPath] {
        Set(laid.map(\.path).filter { $0.text.hasPrefix("var/") }.compactMap(\.parent)).sorted()
    }

    private func stage(_ transaction: Transaction, _ environment: Installation.Environment) throws -> Receipt {
        let root = try DirectoryHandle.open(target.path)
        let owners = try OwnerTable(root: target.path, adding: [], givesOwners: target.givesOwners)
        for file in previous.files {
            guard case .directory(let permissions) = file.kind else { continue }
            try transaction.stageDirectory(file.path, owners.attributes(permissions, for: file.path))
        }
        for kept in laid { try transaction.stageKept(kept) }
        var receipt = previous
        try layAside(transaction, &receipt)
        for path in going { try transaction.stageRemoval(path) }
        if bringsData { for copy in kept.copies { try transaction.stageExchange(copy.kept) } }
        receipt.installed = environment.now
        receipt.installer = environment.installer
        receipt.warnings.append(
            "brought back by rollback from \(current.bundle.version), sequence \(current.bundle.sequence); \(whatIsLost)"
        )
        let owner: Attributes.Owner? = target.givesOwners ? .root : nil
        try transaction.stageFile(
            InstalledBundles.path(previous.bundle.name), Attributes(mode: .secret, owner: owner),
            content: receipt.canonical())
        try Floor.stage(current, in: transaction, root, givesOwners: target.givesOwners)
        let name = current.bundle.name
        for path in [KeptState.receiptFile(name), KeptState.keptFile(name)] { try transaction.stageRemoval(path) }
        transaction.bidFarewell(to: kept.areas)
        let folders = Set(current.files.filter(\.isDirectory).map(\.path))
            .subtracting(previous.files.map(\.path)).sorted().reversed()
        transaction.bidFarewellIfEmpty(to: folders + [KeptState.folder(name), TargetRoot.previous])
        return receipt
    }

    /// Lays what somebody's own files keep from its place, and notes that in the receipt: it goes with the bundle.
    private func layAside(_ transaction: Transaction, _ receipt: inout Receipt) throws {
        let owner: Attributes.Owner? = target.givesOwners ? .root : nil
        for kept in aside {
            guard let place = Plan.Item.beside(kept.path), let parent = place.parent else { continue }
            let made = try transaction.stageDirectory(parent, Attributes(mode: .executable, owner: owner))
            receipt.files += made.map { .init(path: $0, kind: .directory(Permissions(mode: .executable))) }
            try transaction.stageKept(Transaction.Kept(path: place, place: kept.place))
            guard var file = previous.files.first(where: { $0.path == kept.path }) else { continue }
            file.path = place
            receipt.files.removeAll { $0.path == place }
            receipt.files.append(file)
        }
        receipt.files.sort { $0.path < $1.path }
    }

    /// Seconds for a unit to start; the receipt does not keep the profile's own figure.
    private static let patience = 1_800

    private func start(_ steps: StepRunner) throws(ApplyError) {
        for unit in previous.units { try steps.bringUp(unit, enable: false, start: true, timeout: Self.patience) }
        try steps.waitUntilHealthy(previous.operation, images: previous.images, bytes: archiveBytes)
    }

    private var archiveBytes: ByteCount {
        let archives = Set(previous.images.map(\.archive))
        return previous.files.reduce(0) { sum, file in
            guard archives.contains(file.path), case .file(_, let content?) = file.kind else { return sum }
            return sum + content.size
        }
    }
}
