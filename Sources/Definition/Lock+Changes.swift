import Format
import OCI
import Values

extension Lock {
    /// What is different from `old`, one sentence a change, for people who review an update; empty when only times changed.
    public func changes(since old: Lock) -> [String] {
        var changes: [String] = []
        if old.version != version { changes.append("\(profile.name) \(old.version) → \(version)") }
        if old.architecture != architecture {
            changes.append("\(old.architecture.rawValue) → \(architecture.rawValue)")
        }
        if old.profile != profile { changes.append("the profile \(profile.name) changed") }
        changes += Self.changes(
            "artefact", old.artefacts.map { ($0.name, $0.content.digest) },
            artefacts.map { ($0.name, $0.content.digest) })
        changes += Self.changes(
            "image", old.images.map { ($0.pinned.reference.description, $0.pinned.root.digest) },
            images.map { ($0.pinned.reference.description, $0.pinned.root.digest) })
        changes += Self.changes(
            "file", old.files.map { ($0.path, $0.content.digest) }, files.map { ($0.path, $0.content.digest) })
        return changes
    }

    private static func changes(
        _ kind: String, _ old: [(String, SHA256Digest)], _ new: [(String, SHA256Digest)]
    ) -> [String] {
        let before = Dictionary(old) { first, _ in first }
        let after = Dictionary(new) { first, _ in first }
        return Set(before.keys).union(after.keys).sorted().compactMap { name in
            switch (before[name], after[name]) {
            case (nil, _?): "\(kind) \(name) is new"
            case (_?, nil): "\(kind) \(name) is gone"
            case (let first, let second): first == second ? nil : "\(kind) \(name) changed"
            }
        }
    }
}
