import Format

extension LockChange {
    /// What is different among charts: those whose version changed are told with both.
    static func between(_ old: [LockedChart], _ new: [LockedChart]) -> [LockChange] {
        func known(_ charts: [LockedChart]) -> [(name: String, content: Content)] {
            charts.map { ($0.name, $0.content) }
        }
        return between("chart", known(old), known(new)).map { change in
            guard change.kind == .changed, let before = old.first(where: { $0.name == change.name }),
                let after = new.first(where: { $0.name == change.name }), before.version != after.version
            else { return change }
            return LockChange("chart", change.name, .changed, detail: "\(before.version) → \(after.version)")
        }
    }
}
