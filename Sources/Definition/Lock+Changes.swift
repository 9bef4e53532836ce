import Format
import OCI

extension Lock {
    /// What this lock brings that is different from `old`, item by item, for people who review an update.
    ///
    /// Places, times and reasons do not count: what is told is what would be laid.
    public func changes(since old: Lock) -> [LockChange] {
        LockChange.between(
            "artefact", old.artefacts.map { ($0.name, $0.content) }, artefacts.map { ($0.name, $0.content) })
            + Self.changes(of: old.snaps, snaps) + Self.changes(of: old.images, images)
            + LockChange.between(old.charts, charts)
            + LockChange.between("file", old.files.map { ($0.path, $0.content) }, files.map { ($0.path, $0.content) })
    }

    /// A snap is known by its revision: `snap microk8s 8355 (v1.34.1) → 8400 (v1.34.2)`.
    private static func changes(of old: [LockedSnap], _ new: [LockedSnap]) -> [LockChange] {
        func words(_ snaps: [LockedSnap], _ name: String) -> String {
            snaps.first { $0.name == name }.map { "\($0.revision) (\($0.version))" } ?? ""
        }
        return LockChange.between("snap", old.map { ($0.name, $0.digest) }, new.map { ($0.name, $0.digest) }).map {
            guard $0.kind == .changed else { return $0 }
            return LockChange($0.noun, $0.name, .changed, detail: "\(words(old, $0.name)) → \(words(new, $0.name))")
        }
    }

    private static func changes(of old: [LockedImage], _ new: [LockedImage]) -> [LockChange] {
        let references = Dictionary((old + new).map { ($0.pinned.reference.description, $0.pinned.reference) }) { $1 }
        let severalPlatforms = Set((old + new).map(\.pinned.platform)).count > 1
        func known(_ images: [LockedImage]) -> [(name: String, content: Descriptor)] {
            images.map { image in
                let platform = severalPlatforms ? " \(image.pinned.platform)" : ""
                return (image.pinned.reference.description + platform, image.pinned.root)
            }
        }
        return joiningTags(LockChange.between("image", known(old), known(new)), references)
    }

    /// Where of one repository one tag is gone and one is new, the image has changed its version.
    private static func joiningTags(
        _ changes: [LockChange], _ references: [String: ImageReference]
    ) -> [LockChange] {
        let groups = Dictionary(grouping: changes) { references[$0.name]?.name ?? $0.name }
        return groups.sorted { $0.key < $1.key }.flatMap { name, changes in
            guard changes.count == 2, let gone = changes.first(where: { $0.kind == .gone }),
                let new = changes.first(where: { $0.kind == .new })
            else { return changes }
            let tags = [gone, new].map { $0.name.dropFirst(name.count + 1) }
            return [LockChange("image", name, .changed, detail: "\(tags[0]) → \(tags[1])")]
        }
    }
}
