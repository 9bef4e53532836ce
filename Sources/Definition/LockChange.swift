/// One thing in which two locks differ.
public struct LockChange: Hashable, Sendable {
    /// What became of it.
    public enum Kind: String, CaseIterable, Hashable, Sendable { case changed, new, gone }

    /// What it is: `artefact`, `image`, `file`.
    public let noun: String
    /// Which one.
    public let name: String
    /// What became of it.
    public let kind: Kind
    /// What it was and what it is, where there is more to say than that its content is another one: `3.6 → 3.10`.
    public let detail: String?

    /// A change by its parts.
    public init(_ noun: String, _ name: String, _ kind: Kind, detail: String? = nil) {
        self.noun = noun
        self.name = name
        self.kind = kind
        self.detail = detail
    }

    /// What differs between items that are known by name: other content, or only one side has them. Sorted by name.
    static func between<Content: Equatable>(
        _ noun: String, _ old: [(name: String, content: Content)], _ new: [(name: String, content: Content)]
    ) -> [LockChange] {
        let before = Dictionary(old.map { ($0.name, $0.content) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.name, $0.content) }) { first, _ in first }
        return Set(before.keys).union(after.keys).sorted().compactMap { name in
            switch (before[name], after[name]) {
            case (nil, _?): LockChange(noun, name, .new)
            case (_?, nil): LockChange(noun, name, .gone)
            case (let first, let second): first == second ? nil : LockChange(noun, name, .changed)
            }
        }
    }
}

extension LockChange: CustomStringConvertible {
    /// A line for review: `image docker.io/rancher/mirrored-pause 3.6 → 3.10`, `file b.yaml is new`.
    public var description: String {
        let words =
            switch kind {
            case .changed: detail ?? "changed"
            case .new: "is new"
            case .gone: "is gone"
            }
        return "\(noun) \(name) \(words)"
    }
}
