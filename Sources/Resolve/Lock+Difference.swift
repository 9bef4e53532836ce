public import Definition
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
        parts += Self.tally(changes(since: old))
        if parts.isEmpty, !isSame(as: old) {
            parts.append(
                old.definition == definition
                    ? "where things come from changed, what they are did not"
                    : "the definition changed, what it needs did not")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Whether both say the same, times and sequence apart.
    func isSame(as other: Lock) -> Bool {
        var copy = other
        copy.created = created
        copy.sequence = sequence
        return copy == self
    }

    /// `1 artefact changed`, `2 images new`: nouns in the order in which they come, changes in that of their kinds.
    private static func tally(_ changes: [LockChange]) -> [String] {
        var nouns: [String] = []
        for change in changes where !nouns.contains(change.noun) { nouns.append(change.noun) }
        return nouns.flatMap { noun in
            LockChange.Kind.allCases.compactMap { kind in
                let count = changes.count { $0.noun == noun && $0.kind == kind }
                return count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s") \(kind.rawValue)"
            }
        }
    }
}
