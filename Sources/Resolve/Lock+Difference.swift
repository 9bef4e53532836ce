public import Definition
import Format
import OCI
import Values

extension Lock {
    /// What is different from `old`, in one line: `k3s v1.31.4+k3s1 → v1.31.6+k3s1, 3 images changed`. Times and sequence do not count.
    ///
    /// ``changes(since:)`` tells each change.
    /// - Returns: `nil` when nothing is.
    public func difference(from old: Lock) -> String? {
        var parts: [String] = []
        if old.version != version {
            parts.append("\(profile.name) \(old.version) → \(version)")
        } else if old.profile != profile {
            parts.append("the profile \(profile.name) changed")
        }
        if old.architecture != architecture {
            parts.append("\(old.architecture.rawValue) → \(architecture.rawValue)")
        }
        parts += Tally(old.artefacts, artefacts, name: \.name, content: \.content).words("artefact")
        parts += Tally(old.images, images, name: \.name, content: \.pinned.root.digest).words("image")
        parts += Tally(old.files, files, name: \.path, content: \.content).words("file")
        if parts.isEmpty, !isSame(as: old) { parts.append("the definition changed, what it needs did not") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Whether both say the same, times and sequence apart.
    func isSame(as other: Lock) -> Bool {
        var copy = other
        copy.created = created
        copy.sequence = sequence
        return copy == self
    }
}

extension LockedImage {
    /// Unique in a lock.
    fileprivate var name: String { "\(pinned.reference) \(pinned.platform)" }
}

/// How many items of one kind are changed, new or gone.
private struct Tally {
    private var changed = 0
    private var new = 0
    private var gone = 0

    init<Item, Content: Equatable>(
        _ old: [Item], _ now: [Item], name: KeyPath<Item, String>, content: KeyPath<Item, Content>
    ) {
        let before = Dictionary(old.map { ($0[keyPath: name], $0[keyPath: content]) }) { first, _ in first }
        let after = Dictionary(now.map { ($0[keyPath: name], $0[keyPath: content]) }) { first, _ in first }
        for (name, content) in after {
            guard let former = before[name] else {
                new += 1
                continue
            }
            if former != content { changed += 1 }
        }
        gone = before.keys.filter { after[$0] == nil }.count
    }

    func words(_ noun: String) -> [String] {
        [(changed, "changed"), (new, "new"), (gone, "gone")].filter { $0.0 > 0 }
            .map { "\($0.0) \(noun)\($0.0 == 1 ? "" : "s") \($0.1)" }
    }
}
