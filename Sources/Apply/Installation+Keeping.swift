import Format
import Posix
import Reporting
import Transaction
import Values
import Verify

extension Installation {
    /// Before an upgrade: copies the platform's data, which nothing writes to now, and notes where the old files will be kept.
    ///
    /// Everything is staged by now, and nothing of it laid.
    func keepPrevious(_ previous: Receipt) throws {
        var state = KeptState()
        state.taken = environment.now
        state.copies = try copyData()
        let archives = Set(plan.keepsImages ? [] : plan.imageArchives(of: previous))
        let paths = Set(previous.files.filter { !$0.isDirectory }.map(\.path))
        state.files = transaction.keepOld(of: paths.subtracting(archives))
        state.dropped = archives.filter { path in plan.items.contains { $0.path == path && $0.leavesOld } }.sorted()
        if let before = try KeptState.read(plan.bundle.name, in: root) {
            transaction.bidFarewell(to: before.kept.areas)
        }
        let owner: Attributes.Owner? = plan.root.givesOwners ? .root : nil
        let attributes = Attributes(mode: .secret, owner: owner)
        try transaction.stageDirectory(
            KeptState.folder(plan.bundle.name), Attributes(mode: .secretDirectory, owner: owner))
        try transaction.stageFile(
            KeptState.receiptFile(plan.bundle.name), attributes, content: previous.canonical())
        try transaction.stageFile(KeptState.keptFile(plan.bundle.name), attributes, content: state.canonical)
        try transaction.seal()
        let copier = try DataCopy(root: root, effects: environment.effects)
        for copy in state.copies { try copier.check(copy) }
    }

    private func copyData() throws -> [KeptState.Copy] {
        let copier = try DataCopy(root: root, effects: environment.effects)
        var copies: [KeptState.Copy] = []
        for planned in plan.copies {
            environment.progress.say(
                Diagnostic(
                    "copying /\(planned.path.text), \(planned.bytes.formatted)", severity: .note, exitCode: .done))
            copies.append(try copier.copy(transaction.stageCopy(of: planned.path)))
        }
        return copies
    }
}

extension Plan.Item {
    /// Whether something that stood there loses its name.
    var leavesOld: Bool { action == .replace || action == .remove }
}

extension Plan {
    /// The archives of images that an installation laid.
    func imageArchives(of receipt: Receipt) -> [MemberPath] {
        Set(receipt.images.map(\.archive)).filter { path in receipt.files.contains { $0.path == path } }.sorted()
    }
}

extension Planner {
    /// Whether this takes the place of another bundle of its name.
    var isUpgrade: Bool { previous.map { $0.bundle.digest != bundle.rootDigest } ?? false }

    /// What is copied before an upgrade: what the installed bundle says, or this one where that says nothing.
    func dataCopies() throws -> [Plan.Copy] {
        guard isUpgrade, let previous else { return [] }
        let said = previous.operation.filter { $0.roles.includes(previous.role) }
        let items = said.isEmpty ? bundle.manifest.operation.filter { $0.roles.includes(role) } : said
        var copies: [Plan.Copy] = []
        for item in items {
            guard case .datastore(let text) = item.duty else { continue }
            let path = try MemberPath(validating: String(text.dropFirst()))
            guard try root.information(of: path) != nil else { continue }
            copies.append(Plan.Copy(path: path, bytes: try DataCopy.size(of: path, in: root)))
        }
        return copies
    }

    /// Whether the image archives of the bundle before can stay: after all is written, their mount must still have its reserve, and
    /// room for the runtime to unpack the new ones.
    func keepsImages(_ items: [Plan.Item], _ copies: [Plan.Copy]) throws -> Bool {
        guard isUpgrade, let previous else { return true }
        let laid = Set(previous.images.map(\.archive))
        guard let archive = items.first(where: { $0.leavesOld && laid.contains($0.path) })?.path else { return true }
        let mount = try room(at: archive)
        var written: ByteCount = 0
        var images: ByteCount = 0
        let archives = Set(bundle.manifest.images.map(\.archive))
        for item in items where item.action == .create || item.action == .replace {
            guard let index = item.entry, let content = bundle.manifest.entries[index].content else { continue }
            if try room(at: item.path).mount == mount.mount { written += content.size }
            if archives.contains(bundle.manifest.entries[index].path) { images += content.size }
        }
        for copy in copies where try room(at: copy.path).mount == mount.mount { written += copy.bytes }
        return mount.available.bytes >= written.bytes + images.bytes + mount.reserve.bytes
    }

    /// Refuses an upgrade whose copies have no room besides what is laid.
    func checkRoom(for copies: [Plan.Copy], _ bytes: ByteCount) throws {
        for copy in copies {
            let mount = try room(at: copy.path)
            let needed = copies.reduce(bytes) { $0 + $1.bytes } + mount.reserve
            guard mount.available >= needed else {
                throw ApplyError.noRoomForCopy(copy.path, needed: needed, available: mount.available)
            }
        }
    }

    private struct Room {
        let mount: UInt64
        let available, reserve: ByteCount
    }

    /// The mount that `path` is, or would be, on. The reserve is that of the checks: 3 % or 512 MiB, the larger; on a file system that is
    /// itself not larger than that, a tenth.
    private func room(at path: MemberPath) throws -> Room {
        var folder = try root.duplicate()
        for ancestor in path.ancestors {
            guard try root.information(of: ancestor)?.kind == .directory else { break }
            folder = try root.open(ancestor)
        }
        let found = try folder.statistics()
        let usual = max(found.total.bytes / 100 * 3, ByteCount.mebibytes(512).bytes)
        return Room(
            mount: try folder.mountID(), available: found.available,
            reserve: ByteCount(min(usual, found.total.bytes / 10)))
    }
}
