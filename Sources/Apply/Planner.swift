public import Format
import LibCrypto
import Posix
import Reporting
import Transaction
import Values
public import Verify

/// Compares a bundle with a target and says what installing would do. Reads only.
public struct Planner: ~Copyable {
    let bundle: VerifiedBundle
    let target: TargetRoot
    let root: DirectoryHandle
    let role: String
    let values: SiteValues
    let receipts: [Receipt]
    /// Every path that the last installation of this bundle's name laid.
    let laidBefore: Set<MemberPath>
    let owners: OwnerTable
    let workers: Int

    /// - Parameters:
    ///   - role: One of the manifest's.
    ///   - receipts: What is installed, see ``InstalledBundles``.
    ///   - workers: Threads that hash what is there.
    public init(
        _ bundle: VerifiedBundle, for target: TargetRoot, role: String, values: SiteValues, receipts: [Receipt],
        workers: Int
    ) throws {
        let users = bundle.manifest.users.filter { $0.roles.includes(role) }
        let owners = try OwnerTable(root: target.path, adding: users, givesOwners: target.givesOwners)
        self.init(
            bundle: bundle, target: target, root: try DirectoryHandle.open(target.path), role: role, values: values,
            receipts: receipts, owners: owners, workers: workers)
    }

    private init(
        bundle: VerifiedBundle, target: TargetRoot, root: consuming DirectoryHandle, role: String, values: SiteValues,
        receipts: [Receipt], owners: OwnerTable, workers: Int
    ) {
        self.bundle = bundle
        self.target = target
        self.root = root
        self.role = role
        self.values = values
        self.receipts = receipts
        let previous = receipts.first { $0.bundle.name == bundle.manifest.name }
        laidBefore = Set(previous?.files.map(\.path) ?? [])
        self.owners = owners
        self.workers = workers
    }

    /// The role that was asked for, or the only one.
    public static func role(_ asked: String?, of manifest: Manifest) throws(ApplyError) -> String {
        let names = manifest.roles.map(\.name)
        guard let asked else {
            guard names.count == 1 else { throw .noRole(available: manifest.roles) }
            return names[0]
        }
        guard names.contains(asked) else { throw .unknownRole(asked, available: manifest.roles) }
        return asked
    }

    /// The receipt's identity of this bundle.
    var identity: Receipt.Bundle {
        let manifest = bundle.manifest
        return Receipt.Bundle(
            name: manifest.name, version: manifest.version, sequence: manifest.sequence, created: manifest.created,
            digest: bundle.rootDigest)
    }

    var previous: Receipt? { receipts.first { $0.bundle.name == bundle.manifest.name } }

    /// Makes the plan.
    ///
    /// Files of the right size are hashed; templates are read from the bundle only where their target exists.
    public func plan() throws -> Plan {
        let selection = bundle.manifest.entries.indices.filter { bundle.manifest.entries[$0].roles.includes(role) }
        let rendered = try renderedTemplates(selection)
        let hashed = try digestsOfExisting(selection)
        var items: [Plan.Item] = []
        for index in selection { items.append(try item(index, rendered, hashed)) }
        let (steps, skipped) = stepsOfRole()
        items += try ownItems(steps)
        items += try removals(beside: Set(items.map(\.path)).union(items.compactMap(\.placeBeside)))
        let changed = items.filter { $0.action == .create || $0.action == .replace || $0.action == .beside }
            .compactMap(\.entry)
        let bytes = changed.reduce(0 as ByteCount) { $0 + (bundle.manifest.entries[$1].content?.size ?? 0) }
        let copies = try dataCopies()
        try checkRoom(for: copies, bytes)
        return Plan(
            bundle: identity, target: bundle.manifest.target, role: role, root: target, items: items,
            users: owners.newUsers.map(\.user), steps: steps, skipped: skipped,
            bytes: bytes, chunks: bundle.chunks(holding: changed), previous: previous, isUpgrade: isUpgrade,
            copies: copies, keepsImages: try keepsImages(items, copies))
    }

    private func stepsOfRole() -> (done: [Step], skipped: [Step]) {
        let all = bundle.manifest.steps.filter { $0.roles.includes(role) }
        let sorted = all.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
            .map(\.element)
        guard !target.isRunning else { return (sorted, []) }
        return (sorted.filter(\.isForImages), sorted.filter { !$0.isForImages })
    }
}

extension Step {
    /// Whether the step can be done on a file system that is not running: units are enabled there, and not started.
    var isForImages: Bool {
        if case .unit(_, let enable, _, _) = action { enable } else { false }
    }
}

extension Receipt.File {
    /// Whether it is a folder, which bundles may share.
    var isDirectory: Bool { if case .directory = kind { true } else { false } }
}

extension VerifiedBundle {
    /// The chunks that hold content of these entries, ascending.
    func chunks(holding entries: some Sequence<Int>) -> [Int] {
        var found: Set<Int> = []
        for entry in entries {
            for extent in chunks.extents(covering: layout.contentRange(of: entry)) { found.insert(extent.chunk) }
        }
        return found.sorted()
    }
}
