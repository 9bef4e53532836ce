public import Format
public import Posix
public import Reporting
import Transaction
public import Values

/// Takes an installed bundle away: its units, its files, its folders where they are empty, its receipt.
///
/// The platform's data, its users, and files that somebody changed since they were laid stay.
public struct Removal: Sendable {
    private let receipt: Receipt
    private let target: TargetRoot
    /// Files and links that go.
    private let going: [MemberPath]
    /// Files that stay, because they are not as they were laid.
    private let staying: [MemberPath]

    /// Looks at what is there; changes nothing.
    public init(of receipt: Receipt, at target: TargetRoot) throws {
        self.receipt = receipt
        self.target = target
        let comparison = try ReceiptComparison(root: target.path, givesOwners: false)
        var (going, staying): ([MemberPath], [MemberPath]) = ([], [])
        for file in receipt.files where !file.isDirectory {
            switch try comparison.drift(of: file) {
            case nil, .attributes: going.append(file.path)
            case .changed: staying.append(file.path)
            case .missing: break
            }
        }
        self.going = going
        self.staying = staying
    }

    /// For a person: what goes and what stays.
    public var text: String {
        var rows = receipt.units.map { ["stop", $0] }
        rows += goingRows
        rows += staying.map { ["keep", "/" + $0.text + " (was changed since it was laid)"] }
        rows += receipt.users.map { ["keep", "user \($0), who may own data"] }
        return
            (["\(receipt.bundle.name) \(receipt.bundle.version), below \(target.path)"]
            + TextTable.lines(rows, indent: 2))
            .map { $0 + "\n" }.joined()
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
    /// - Returns: Paths of the receipt that stay.
    public func run(
        runName: String, trustsFileSystemSync: Bool, effects: any FileEffects = SystemFileEffects(),
        machine: any Machine, progress: any ProgressReceiver
    ) throws(Diagnostic) -> [MemberPath] {
        let steps = StepRunner(machine, progress: progress, isCancelled: { false })
        var begun: Transaction?
        do {
            let transaction = try Transaction(
                root: target.path, state: TargetRoot.state, name: runName, watched: [],
                trustsFileSystemSync: trustsFileSystemSync, effects: effects)
            begun = transaction
            for path in going { try transaction.stageRemoval(path) }
            try transaction.stageRemoval(InstalledBundles.path(receipt.bundle.name))
            try transaction.seal()
            if target.isRunning { try steps.retire(receipt.units) }
            try transaction.commit()
            if let leftover = try transaction.finish() { progress.say(leftover.diagnostic) }
            return staying + (try removeFolders(effects))
        } catch {
            throw Installation.undo(error, steps, begun)
        }
    }

    /// Removes folders that the bundle brought and that are empty now.
    private func removeFolders(_ effects: any FileEffects) throws(FileError) -> [MemberPath] {
        let root = try DirectoryHandle.open(target.path)
        var left: [MemberPath] = []
        for folder in receipt.files.filter(\.isDirectory).map(\.path).sorted().reversed() {
            do throws(FileError) {
                guard try root.information(of: folder)?.kind == .directory else { continue }
                try effects.removeDirectory(folder, in: root, "remove.folder")
            } catch {
                guard [.notEmpty, .exists, .busy].contains(error.errno) else { throw error }
                left.append(folder)
            }
        }
        try removeState(effects, root)
        return left.reversed()
    }

    /// Removes the installer's own folders once nothing is installed any more.
    private func removeState(_ effects: any FileEffects, _ root: borrowing DirectoryHandle) throws(FileError) {
        for folder in [TargetRoot.receipts, TargetRoot.state] {
            do throws(FileError) { try effects.removeDirectory(folder, in: root, "remove.state") } catch {
                guard [.notEmpty, .exists].contains(error.errno) else { throw error }
                return
            }
        }
    }
}
