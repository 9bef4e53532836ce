import Values

extension Manifest {
    /// What a payload of plain files must keep besides the other rules (docs/format.md §8.3).
    func checkPlainFiles() throws(FormatError) {
        guard users.isEmpty else { throw broken("users", "stand in a bundle for \(target.os.rawValue)") }
        for step in steps {
            switch step.action {
            case .command(_, [], _), .wait: break
            case .command: throw broken("step \(step.kindName)", "has an `undo`, and steps there are not taken back")
            default:
                throw broken("step \(step.kindName)", "stands in a bundle for \(target.os.rawValue)")
            }
        }
        for requirement in requirements where !requirement.rule.isForWindows {
            throw broken("requirement \(requirement.id)", "is of a kind that \(target.os.rawValue) does not have")
        }
        for entry in entries {
            try checkKind(of: entry)
            for path in Set([entry.path, entry.place]) {
                if let refusal = PlainFile.refusal(of: path) { throw broken("entry \(path)", refusal) }
            }
        }
        try checkStoredNames()
    }

    /// No chunks, no volumes, and so no extents.
    func checkNoStream(extents: [[Extent]]) throws(FormatError) {
        guard volumes.isEmpty, chunks.isEmpty else {
            throw broken("volumes and chunks", "stand in a bundle for \(target.os.rawValue)")
        }
        for (entry, extents) in zip(entries, extents) where !extents.isEmpty {
            throw broken("entry \(entry.path)", "has extents, and there are no chunks")
        }
    }

    /// Links, and modes and owners that mean something, are not for this system: the installer closes the whole folder.
    private func checkKind(of entry: Entry) throws(FormatError) {
        let usual = Permissions(mode: entry.isDirectory ? .executable : .file)
        guard let permissions = entry.permissions else { throw broken("entry \(entry.path)", "is a link") }
        guard permissions == usual else {
            throw broken("entry \(entry.path)", "has another mode or owner than \(usual.mode) \(usual.owner)")
        }
    }

    /// On media that do not tell case apart, each file keeps a name of its own, and each folder one spelling.
    private func checkStoredNames() throws(FormatError) {
        var spellings: [String: MemberPath] = [:]
        var files: Set<MemberPath> = []
        for entry in entries {
            if entry.content != nil { files.insert(entry.path) }
            for path in entry.path.ancestors + [entry.path] {
                let known = spellings.updateValue(path, forKey: asciiFolded(path.text)) ?? path
                guard known == path else { throw broken("entry \(entry.path)", "differs from \(known) in case only") }
            }
        }
        for entry in entries {
            if let file = entry.path.ancestors.first(where: files.contains) {
                throw broken("entry \(entry.path)", "is below \(file), which is a file")
            }
        }
    }
}

extension Manifest {
    /// The largest manifest of a bundle with plain files: Windows PowerShell 5.1 reads JSON up to 2 MiB.
    static let maximumPlainSize = ByteCount.mebibytes(2)

    /// Rules about what only Windows shows are for Windows only.
    func checkNoWindowsRules() throws(FormatError) {
        for requirement in requirements {
            guard case .windows = requirement.rule else { continue }
            throw broken("requirement \(requirement.id)", "is of a kind that \(target.os.rawValue) does not have")
        }
    }
}

extension Requirement.Rule {
    /// Whether Windows has its subject (docs/format.md §10).
    fileprivate var isForWindows: Bool {
        switch self {
        case .cores, .memory, .disk, .growth, .routeOverlap, .windows: true
        default: false
        }
    }
}
