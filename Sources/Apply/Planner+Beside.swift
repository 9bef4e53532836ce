import Format
import LibCrypto
import Posix
import Transaction
import Values
import Verify

extension Plan.Item {
    /// Where the bundle's file is laid while somebody's own stays; `nil` where that is not so.
    var placeBeside: MemberPath? {
        action == .beside || action == .keep && kind != "directory" ? Self.beside(path) : nil
    }

    static func beside(_ path: MemberPath) -> MemberPath? {
        let made = Result { () throws(MemberPath.Refusal) in
            try MemberPath(validating: TargetRoot.beside.text + "/" + path.text)
        }
        if case .success(let place) = made { return place }
        return nil
    }
}

extension Planner {
    /// Whether somebody has changed a file since it was laid. A program and an archive of images are nobody's to change: they are put right.
    func isChangedByHand(_ entry: Entry) throws -> Bool {
        guard let laid = previous?.files.first(where: { $0.path == entry.place }),
            case .file(let permissions, let content?) = laid.kind, permissions.mode.bits & 0o111 == 0,
            !bundle.manifest.images.contains(where: { $0.archive == entry.path }),
            try root.information(of: entry.place)?.kind == .file
        else { return false }
        return try !isContent(content, at: entry.place)
    }

    /// The file stays; the bundle's is laid beside it, once.
    func besideItem(_ entry: Entry, _ index: Int, _ digest: SHA256Digest?) throws -> Plan.Item {
        let place = Plan.Item.beside(entry.place)
        let note = "was changed by somebody, stays; the new one: /\(place?.text ?? "")"
        func item(_ action: Plan.Action) -> Plan.Item {
            Plan.Item(path: entry.place, kind: entry.kindName, action: action, entry: index, note: note)
        }
        guard let place else { return item(.keep) }
        guard try existing(place)?.kind == .file,
            try HashedFolder(root.duplicate()).digest(of: place) == digest
        else { return item(.beside) }
        return item(.keep)
    }
}
