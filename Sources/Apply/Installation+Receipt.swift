import Format
import LibCrypto
import Posix
import Transaction
import Trust
import Values
import Verify

extension Installation {
    /// What the machine will have.
    func makeReceipt() -> Receipt {
        recordOwnFiles()
        let manifest = bundle.manifest
        let laid = Set(manifest.entries.filter { $0.roles.includes(plan.role) }.map(\.path))
        let units = plan.steps.compactMap { step in
            if case .unit(let name, _, _, _) = step.action { name } else { nil }
        }
        return Receipt(
            bundle: plan.bundle, target: plan.target, role: plan.role, installed: environment.now,
            installer: environment.installer, keys: bundle.vouching,
            files: record.files.values.sorted { $0.path < $1.path }, units: units, users: madeUsers,
            images: manifest.images.filter { laid.contains($0.archive) }.map(placed),
            operation: manifest.operation.filter { $0.roles.includes(plan.role) }, values: values.shown,
            warnings: environment.warnings, needs: manifest.needs)
    }

    /// Users of this bundle that are not the site's own: made now, or by an installation before.
    private var madeUsers: [String] {
        let made = Set(owners.newUsers.map(\.user.name) + (plan.previous?.users ?? []))
        let mine = bundle.manifest.users.filter { $0.roles.includes(plan.role) }.map(\.name)
        // What another role of before has made is still ours.
        return mine.filter(made.contains) + (plan.previous?.users ?? []).filter { !mine.contains($0) }
    }

    /// With the archive's path on the machine.
    private func placed(_ image: BundledImage) -> BundledImage {
        var image = image
        image.archive = bundle.manifest.entries.first { $0.path == image.archive }?.place ?? image.archive
        return image
    }

    /// Keeps the keys that the site wants to trust; they stay when the bundle goes.
    func stageKeys() throws {
        let owner: Attributes.Owner? = plan.root.givesOwners ? .root : nil
        for key in environment.rememberedKeys {
            let path = ownPath("etc/sealift/trusted-keys/\(key.keyID).pub")
            let text = Array(key.pem.utf8)
            if try root.information(of: path)?.kind == .file, try root.read(path, limit: .kibibytes(64)) == text {
                continue
            }
            try transaction.stageFile(path, Attributes(mode: .file, owner: owner), content: text)
        }
    }

    /// Keeps the newest key list, under which this bundle was taken.
    func stageKeyLists() throws {
        guard let chain = bundle.keyChain else { return }
        try KeyListRecord.stage(chain, in: transaction, root, givesOwners: plan.root.givesOwners)
    }

    func stageReceipt(_ receipt: Receipt) throws {
        let owner: Attributes.Owner? = plan.root.givesOwners ? .root : nil
        let clock = SiteClock(
            now: environment.now, created: receipt.bundle.created, seen: try SeenTime.read(in: root))
        try SeenTime.stage(clock, in: transaction, givesOwners: plan.root.givesOwners)
        if let previous = plan.previous, previous.bundle.digest != receipt.bundle.digest {
            try Floor.stage(previous, in: transaction, root, givesOwners: plan.root.givesOwners)
        }
        try stageKeyLists()
        try transaction.stageDirectory(TargetRoot.receipts, Attributes(mode: .secretDirectory, owner: owner))
        try transaction.stageFile(
            InstalledBundles.path(plan.bundle.name), Attributes(mode: .secret, owner: owner),
            content: receipt.canonical())
    }
}

extension Receipt {
    /// Units that links of ours enable.
    var linkedUnits: Set<String> {
        Set(
            files.compactMap { file in
                guard case .link(let target) = file.kind else { return nil }
                return target.split(separator: "/").last.map(String.init)
            })
    }

    /// Whether it says anything else than `other`, the time and the installer's version apart.
    func differs(from other: Receipt?) -> Bool {
        guard var other else { return true }
        other.installed = installed
        other.installer = installer
        other.warnings = warnings
        return self != other
    }
}

extension Plan {
    /// Units of the last installation that this one does not have, such as those of another role.
    var retiredUnits: [String] {
        let units = steps.compactMap { if case .unit(let name, _, _, _) = $0.action { name } else { nil } }
        return (previous?.units ?? []).filter { !units.contains($0) }
    }

    /// Units that the steps start.
    var startedUnits: [String] {
        steps.compactMap { step in
            if case .unit(let name, _, true, _) = step.action { name } else { nil }
        }
    }

    /// The steps that are done again when nothing has changed: all but commands, which may not bear it.
    var stepsAgain: [Step] {
        guard root.isRunning else { return [] }
        return steps.filter { step in
            switch step.action {
            case .command, .prepare: false
            default: true
            }
        }
    }

    /// Folders that the platform may watch: those that the bundle lays files in, among the platforms' data.
    func watchedFolders(_ bundle: VerifiedBundle) -> [MemberPath] {
        var folders: Set<MemberPath> = []
        for item in items where item.kind != "directory" && item.path.text.hasPrefix("var/") {
            if let parent = item.path.parent { folders.insert(parent) }
        }
        return folders.sorted()
    }
}
