public import Format
import Posix
import Reporting
import Values

extension Plan {
    /// The plan for a person: what happens where, one line each, then a summary.
    ///
    /// - Parameter manifest: The manifest it was made from.
    public func text(_ manifest: Manifest) -> String {
        var lines = [
            "\(bundle.name) \(bundle.version) (\(target.profile) \(target.version)) as \(role), below \(root.path)"
        ]
        let rows = items.filter { $0.action != .unchanged || $0.note != nil }.map { row($0, manifest) }
        if !rows.isEmpty { lines += ["", "files"] + TextTable.lines(rows, indent: 2) }
        if !users.isEmpty {
            lines += ["", "users"] + TextTable.lines(users.map { ["create", $0.name, $0.home, $0.shell] }, indent: 2)
        }
        if !steps.isEmpty {
            lines += ["", "steps"] + TextTable.lines(steps.map { $0.row(isRunning: root.isRunning) }, indent: 2)
        }
        if isUpgrade { lines += ["", "before and after"] + TextTable.lines(wayBack, indent: 2) }
        if !skipped.isEmpty {
            lines += ["", "left out, because this is not the running machine"]
            lines += TextTable.lines(skipped.map { $0.row(isRunning: true) }, indent: 2)
        }
        return (lines + ["", summary]).map { $0 + "\n" }.joined()
    }

    /// What makes a return possible, and what does not.
    private var wayBack: [[String]] {
        var rows = copies.map { ["copy", $0.bytes.formatted, "/\($0.path.text), while the platform is stopped"] }
        rows.append([
            "keep", "", "the files of \(previous?.bundle.version.description ?? "the bundle before"), for `rollback`",
        ])
        if !keepsImages {
            rows.append(["drop", "", "its image archives, for want of room: `rollback` will need its medium"])
        }
        return rows
    }

    /// `14 to create, 1 to replace, 3 unchanged; 210.3 MiB to write`.
    public var summary: String {
        let actions: [(Action, String)] = [
            (.create, "to create"), (.replace, "to replace"), (.remove, "to remove"), (.keep, "kept"),
            (.beside, "kept with the new one beside"),
            (.unchanged, "unchanged"),
        ]
        let counts = actions.compactMap { count($0.0) > 0 ? "\(count($0.0)) \($0.1)" : nil }
        return (counts.isEmpty ? "no files" : counts.joined(separator: ", ")) + "; \(bytes.formatted) to write"
    }

    private func row(_ item: Item, _ manifest: Manifest) -> [String] {
        let entry = item.entry.map { manifest.entries[$0] }
        var place = "/" + item.path.text
        if case .link(let target)? = entry?.kind { place += " -> " + target }
        let size = entry?.content.map { $0.size.formatted } ?? ""
        let permissions = entry?.permissions.map { "\($0.mode) \($0.owner)" } ?? ""
        return [item.action.rawValue, item.kind, permissions, size, place, item.note.map { "(\($0))" } ?? ""]
    }
}

extension Step {
    /// The kind and what it does, for a table. Where nothing is running, nothing is started.
    func row(isRunning: Bool) -> [String] {
        switch action {
        case .module(let name): [kindName, name]
        case .sysctl(let key, let value): [kindName, "\(key) = \(value)"]
        case .label(let path): [kindName, path]
        case .unit(let name, let enable, let start, let timeout):
            [
                kindName,
                name + (enable ? ", enable" : "")
                    + (start && isRunning ? ", start within \(clockText(seconds: timeout))" : ""),
            ]
        case .snap(let snap): [kindName, "\(snap.name) revision \(snap.revision)" + (snap.classic ? ", classic" : "")]
        case .snapOffline: [kindName, "no store, no refreshes"]
        case .command(let run, _, _), .prepare(let run, _, _), .wait(let run, _):
            [kindName, run.joined(separator: " ")]
        }
    }
}
