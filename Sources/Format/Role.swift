/// What a machine can be in a cluster: `first-server`, `agent` and the like.
public struct Role: Hashable, Sendable {
    /// `[a-z0-9-]`, unique in its manifest.
    public var name: String
    /// One line for the technician who chooses.
    public var summary: String

    /// Name and summary, as they stand.
    public init(name: String, summary: String) {
        self.name = name
        self.summary = summary
    }
}

/// For which roles an item is. Every role, or a sorted list of some.
public struct RoleScope: Hashable, Sendable {
    /// Sorted names; `nil` stands for every role.
    public let names: [String]?

    /// Every role.
    public static let all = RoleScope(names: nil)

    /// These roles only; every role for an empty list.
    public init(_ names: some Sequence<String>) {
        let sorted = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.names = sorted.isEmpty ? nil : sorted
    }

    private init(names: [String]?) { self.names = names }

    /// Whether the item is for `role`.
    public func includes(_ role: String) -> Bool { names?.contains(role) ?? true }

    /// Whether some role has both items.
    public func meets(_ other: RoleScope) -> Bool {
        guard let mine = names, let theirs = other.names else { return true }
        return mine.contains { theirs.contains($0) }
    }
}
