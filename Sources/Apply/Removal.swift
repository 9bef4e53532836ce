public import Format
public import Posix
public import Reporting
import Transaction
public import Values

/// Takes an installed bundle away: its units, its files, its folders where they are empty, its receipt.
///
/// The platform's data, users who own some of it, and files that somebody changed since they were laid stay.
public struct Removal: Sendable {
    private let receipt: Receipt
    private let target: TargetRoot
    /// Files and links that go.
    private let going: [MemberPath]
    /// Files that stay, because they are not as they were laid.
    private let staying: [MemberPath]

    /// Whether the platform's data goes too.
    private let purges: Bool
    /// The users that the bundle has brought.
    private let users: DepartingUsers
    /// Whether no other bundle is installed, so that the installer's own files go too.
    private let isLast: Bool

    /// Looks at what is there; changes nothing.
    ///
    /// - Parameter purges: Whether what the platform has made itself goes too.
    public init(of receipt: Receipt, at target: TargetRoot, purges: Bool = false) throws {
        self.receipt = receipt
        self.target = target
        self.purges = purges
        isLast = try InstalledBundles.receipts(root: target.path).allSatisfy { $0.bundle.name == receipt.bundle.name }
        let comparison = try ReceiptComparison(root: target.path, givesOwners: false)
        var (going, staying): ([MemberPath], [MemberPath]) = ([], [])
        for file in receipt.files where !file.isDirectory {
            switch try comparison.drift(of: file) {
            case nil, .attributes: going.append(try comparison.place(of: file) ?? file.path)
            case .changed: staying.append(file.path)
            case .missing: break
            }
        }
        self.going = going
        self.staying = staying
        users = try DepartingUsers(
            receipt.users, data: Self.data(of: receipt),
            leaving: Set(going + receipt.files.filter(\.isDirectory).map(\.path)), purges: purges, root: target.path)
    }

    /// For a person: what goes and what stays.
    public var text: String {
        var rows = receipt.units.map { ["stop", $0] }
        rows += goingRows
        rows += staying.map { ["keep", "/" + $0.text + " (was changed since it was laid)"] }
        if isLast { rows += OwnFiles.shared.map { ["remove", "/" + $0.text] } }
        rows += data.map { [purges ? "remove" : "keep", "/\($0.text), data of the platform"] }
        rows += users.going.map { ["remove", "user \($0)"] }
        rows += users.staying.map { ["keep", "user \($0.name), who owns /\($0.owns)"] }
        rows += remains.map { ["until a reboot", $0] }
        return
            (["\(receipt.bundle.name) \(receipt.bundle.version), below \(target.path)"]
            + TextTable.lines(rows, indent: 2))
            .map { $0 + "\n" }.joined()
    }

    /// What stays on the machine until it is rebooted, in the words of the platform's profile.
    public var remains: [String] {
        guard target.isRunning else { return [] }
        return receipt.operation.compactMap { if case .remains(let what) = $0.duty { what } else { nil } }
    }

    /// So many files are named one by one; more are counted by folder.
    private static let listed = 60

    private var goingRows: [[String]] {
        guard going.count > Self.listed else { return going.map { ["remove", "/" + $0.text] } }
        var counts: [String: Int] = [:]
        for path in going { counts["/" + (path.parent?.text ?? ""), default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ["remove", "\($0.value) from \($0.key)"] }
    }

    /// Removes. The caller holds the target's lock, and has recovered what an earlier run left.
    ///
    /// Folders, data and the installer's own files go once there is no way back, so that a cut does not leave them half.
    ///
    /// - Returns: Paths of the receipt that stay.
    public func run(
        runName: String, trustsFileSystemSync: Bool, effects: any FileEffects = SystemFileEffects(),
        machine: any Machine, progress: any ProgressReceiver
    ) throws(Diagnostic) -> [MemberPath] {
        let steps = StepRunner(machine, progress: progress, isCancelled: { false })
        var begun: Transaction?
        do {
            let root = try DirectoryHandle.open(target.path)
            let transaction = try Transaction(
                root: target.path, state: TargetRoot.state, name: runName, watched: [],
                trustsFileSystemSync: trustsFileSystemSync, effects: effects)
            begun = transaction
            for path in going { try transaction.stageRemoval(path) }
            for file in try AccountFiles.without(users.going, in: root, givesOwners: target.givesOwners) {
                try transaction.stageFile(file.path, file.attributes, content: file.content)
            }
            try stageState(transaction, root)
            try transaction.seal()
            if target.isRunning {
                try steps.retire(receipt.units, linked: receipt.linkedUnits)
                steps.tearDown(receipt.operation)
            }
            try transaction.commit()
            if target.isRunning { steps.reload() }
            if let leftover = try transaction.finish() { progress.say(Installation.uncleared(leftover)) }
            return staying + left(root)
        } catch {
            throw Installation.undo(error, steps, begun)
        }
    }

    /// Folders that are still there; one that cannot be looked at is. The removal is done by now, and no error shall say otherwise.
    private func left(_ root: borrowing DirectoryHandle) -> [MemberPath] {
        var left: [MemberPath] = []
        for folder in folders.sorted() {
            do throws(FileError) { if try root.information(of: folder) == nil { continue } } catch {}
            left.append(folder)
        }
        return left
    }

    /// The receipt, the floor, what upgrades have kept; then what goes at the very end.
    private func stageState(_ transaction: Transaction, _ root: borrowing DirectoryHandle) throws {
        let name = receipt.bundle.name
        try transaction.stageRemoval(InstalledBundles.path(name))
        try Floor.stage(receipt, in: transaction, root, givesOwners: target.givesOwners)
        for path in [KeptState.receiptFile(name), KeptState.keptFile(name)] { try transaction.stageRemoval(path) }
        if let before = try KeptState.read(name, in: root) { transaction.bidFarewell(to: before.kept.areas) }
        if purges { transaction.bidFarewell(to: data) }
        // The program that would go on after a cut is the last to go.
        if isLast { transaction.bidFarewell(to: OwnFiles.shared) }
        transaction.bidFarewellIfEmpty(
            to: folders + [KeptState.folder(name), TargetRoot.previous, TargetRoot.beside, TargetRoot.receipts])
    }

    /// Folders that the bundle brought, the innermost first.
    private var folders: [MemberPath] { receipt.files.filter(\.isDirectory).map(\.path).sorted().reversed() }

    /// What the platform has made itself.
    private var data: [MemberPath] { Self.data(of: receipt) }

    private static func data(of receipt: Receipt) -> [MemberPath] {
        receipt.operation.compactMap { item in
            guard case .data(let path) = item.duty else { return nil }
            return ownPath(String(path.dropFirst()))
        }
    }
}
