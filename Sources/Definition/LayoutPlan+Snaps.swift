import Format
import Values

extension LayoutPlan {
    /// Each snap and its assertions, as `snap download` names them.
    mutating func add(snaps: [LockedSnap], _ place: ReleaseSnaps?) throws(DefinitionError) {
        guard let place else { return }
        let permissions = place.common.permissions
        for snap in snaps {
            let roles = place.roles(of: snap, among: snaps)
            try add(
                snap.file(in: place), roles, .file(permissions, .snap(snap.name)), origin: "the snap \(snap.name)")
            try add(
                snap.assertionsFile(in: place), roles, .file(permissions, .assertions(snap.name)),
                origin: "the assertions of the snap \(snap.name)")
        }
    }
}

extension ReleaseSnaps {
    /// The steps that install `snaps`; the store is out of reach as soon as snapd is new enough to know how.
    func steps(_ snaps: [LockedSnap]) -> [Step] {
        var steps = snaps.map { snap in
            let item = items.first { $0.name == snap.name }
            let action = SnapInstallation(
                name: snap.name, revision: snap.revision, file: "/\(snap.file(in: self))",
                assertions: "/\(snap.assertionsFile(in: self))", classic: snap.confinement == "classic",
                keepsNewer: snap.keepsNewer, timeout: item?.timeout ?? 600)
            return Step(.snap(action), roles: roles(of: snap, among: snaps))
        }
        guard common.staysOffline, !snaps.isEmpty else { return steps }
        let daemon = snaps.lastIndex { $0.type == "snapd" }
        steps.insert(Step(.snapOffline), at: daemon.map { $0 + 1 } ?? 0)
        return steps
    }

    /// The roles of a snap; of a base, those of the snaps that need it.
    func roles(of snap: LockedSnap, among snaps: [LockedSnap]) -> RoleScope {
        if let item = items.first(where: { $0.name == snap.name }) { return item.roles }
        let users = snaps.filter { $0.base == snap.name && $0.name != snap.name }.map { roles(of: $0, among: snaps) }
        let names = users.compactMap(\.names)
        return names.count < users.count || users.isEmpty ? .all : RoleScope(Array(Set(names.joined())).sorted())
    }
}

extension LockedSnap {
    /// Where the snap is laid.
    func file(in place: ReleaseSnaps) -> MemberPath { place.common.folder.appending("\(name)_\(revision).snap") }

    /// Where its assertions are laid.
    func assertionsFile(in place: ReleaseSnaps) -> MemberPath {
        place.common.folder.appending("\(name)_\(revision).assert")
    }
}
