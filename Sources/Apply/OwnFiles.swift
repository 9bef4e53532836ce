import Format
import LibCrypto
import Posix
import Transaction
import Values
import Verify

/// The installer's own files on a machine: its program, and the unit that finishes or undoes, at the next boot and without the medium, what
/// was cut off (docs/decisions/0040).
///
/// They are in place before anything of the bundle is staged, and go with the last bundle.
enum OwnFiles {
    static let program = ownPath("usr/local/sbin/sealift-install")
    static let unit = ownPath("etc/systemd/system/sealift-recover.service")
    static let link = ownPath("etc/systemd/system/multi-user.target.wants/sealift-recover.service")
    static let linkTarget = "../sealift-recover.service"
    /// Shared by all bundles, so in no receipt.
    static let shared = [unit, link, program]

    /// Has the platform's unit wait for the recovery, and not start where that fails. Belongs to the bundle.
    static func dropIn(for unit: String) -> MemberPath? {
        let made = Result { () throws(MemberPath.Refusal) in
            try MemberPath(validating: "etc/systemd/system/\(unit).d/50-sealift-recover.conf")
        }
        guard case .success(let path) = made, path.components.count == 5 else { return nil }
        return path
    }

    /// Ordered before all that is ordered by default, since it may change what starts then. 9 says that a run is at work: that one has
    /// the machine in its care, and is perhaps starting the very unit that waits here.
    static let unitText = Array(
        """
        [Unit]
        Description=Undo or finish an installation that was cut off
        DefaultDependencies=no
        RequiresMountsFor=/etc /opt /srv /usr/local /var/lib
        After=local-fs.target systemd-remount-fs.service
        Before=shutdown.target
        Conflicts=shutdown.target
        ConditionPathExists=|/var/lib/sealift/journal
        ConditionPathExists=|/var/lib/sealift/journal.done

        [Service]
        Type=oneshot
        ExecStart=/usr/local/sbin/sealift-install recover --automatic
        SuccessExitStatus=9
        TimeoutStartSec=infinity

        [Install]
        WantedBy=multi-user.target

        """.utf8)

    static let dropInText = Array(
        """
        # Laid by sealift: no half-done installation is ever started.
        [Unit]
        Requires=sealift-recover.service
        After=sealift-recover.service

        """.utf8)

    /// Whether a bundle may not lay anything at `path`.
    static func reserves(_ path: MemberPath) -> Bool { shared.contains(path) || path.name == "50-sealift-recover.conf" }
}

extension Plan.Item {
    /// What ``kind`` says of the installer's own files.
    static let ownKind = "installer"
}

extension Planner {
    /// What becomes of the installer's own files. None where the bundle brings no installer: then nothing could heal the machine.
    func ownItems(_ steps: [Step]) throws -> [Plan.Item] {
        guard let digest = bundle.sums.digest(of: BundleFile.installer) else { return [] }
        // Going back to an older bundle does not take the newer program away, which can read what it has written itself.
        let isOlder = receipts.contains { $0.bundle.sequence > bundle.manifest.sequence }
        let hasProgram = try root.information(of: OwnFiles.program)?.kind == .file
        var items = [
            isOlder && hasProgram
                ? Plan.Item(
                    path: OwnFiles.program, kind: Plan.Item.ownKind, action: .unchanged, entry: nil, note: nil)
                : try ownFile(OwnFiles.program, digest, .executable),
            try ownFile(OwnFiles.unit, SHA256Digest.of(OwnFiles.unitText), .file),
        ]
        let linked = try root.information(of: OwnFiles.link)?.kind == .link
        let isRight = linked ? try root.readLink(OwnFiles.link) == OwnFiles.linkTarget : false
        items.append(ownItem(OwnFiles.link, isThere: linked, isRight: isRight))
        for step in steps {
            guard case .unit(let name, _, _, _) = step.action, let path = OwnFiles.dropIn(for: name) else { continue }
            items.append(try ownFile(path, SHA256Digest.of(OwnFiles.dropInText), .file))
        }
        return items
    }

    private func ownFile(_ path: MemberPath, _ digest: SHA256Digest, _ mode: FileMode) throws -> Plan.Item {
        let found = try existing(path)
        if let found, found.kind != .file, found.kind != .link { throw conflict(path, found) }
        let isRight =
            found?.kind == .file && found?.mode == mode.bits
            ? try HashedFolder(root.duplicate()).digest(of: path) == digest : false
        return ownItem(path, isThere: found != nil, isRight: isRight)
    }

    private func ownItem(_ path: MemberPath, isThere: Bool, isRight: Bool) -> Plan.Item {
        Plan.Item(
            path: path, kind: Plan.Item.ownKind, action: isRight ? .unchanged : isThere ? .replace : .create,
            entry: nil,
            note: nil)
    }
}

extension Installation {
    /// Puts the installer's own files in place, durably, before anything else is staged: from here on a cut heals by itself.
    func layOwnFiles() throws {
        let owner: Attributes.Owner? = plan.root.givesOwners ? .root : nil
        for item in plan.items where item.kind == Plan.Item.ownKind && item.action != .unchanged {
            try recordParents(of: item.path)
            if item.path == OwnFiles.link {
                try transaction.stageLink(item.path, target: OwnFiles.linkTarget, owner: owner)
            } else {
                let isProgram = item.path == OwnFiles.program
                try transaction.stageFile(
                    item.path, Attributes(mode: isProgram ? .executable : .file, owner: owner),
                    content: isProgram ? try bundle.readFile(BundleFile.installer) : text(of: item.path))
            }
        }
        guard !transaction.isEmpty else { return }
        try transaction.seal()
        try transaction.commit()
    }

    private func text(of path: MemberPath) -> [UInt8] {
        path == OwnFiles.unit ? OwnFiles.unitText : OwnFiles.dropInText
    }

    /// Notes the files that belong to this bundle.
    func recordOwnFiles() {
        for item in plan.items where item.kind == Plan.Item.ownKind && !OwnFiles.shared.contains(item.path) {
            let content = Content(
                size: ByteCount(OwnFiles.dropInText.count), digest: SHA256Digest.of(OwnFiles.dropInText))
            record.add(.init(path: item.path, kind: .file(Permissions(mode: .file), content)))
        }
    }
}
