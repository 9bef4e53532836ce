import JSON
import Values

extension Manifest {
    /// Checks every rule that does not depend on chunks and volumes, for writers: before they pack, not after.
    public func checkContents() throws(FormatError) {
        guard entries.count <= Self.maximumEntries else { throw broken("entries", "are more than 400 000") }
        try checkNames()
        try checkRoleNames()
        try checkEntries()
        try checkDestinations()
        try checkReferences()
        if target.os.takesPlainFiles { try checkPlainFiles() } else { try checkNoWindowsRules() }
    }

    /// Checks what no single member shows: order, uniqueness, references, tiling (docs/format.md §6–§8).
    func checkRules(extents: [[Extent]]) throws(FormatError) {
        try checkContents()
        if target.os.takesPlainFiles { try checkNoStream(extents: extents) } else { try checkTiling(extents: extents) }
    }

    private func checkNames() throws(FormatError) {
        try unique(roles.map(\.name), in: "roles")
        try unique(requirements.map(\.id), in: "requirements")
        try checkVariableNames()
        try sorted(images.map(\.name), in: "images")
        try sorted(sources.map(\.url), in: "sources")
        try sorted(critical, in: "critical")
        try sorted(needs.map(\.bundle.description), in: "needs")
        guard !needs.contains(where: { $0.bundle == name }) else { throw broken("needs", "name the bundle itself") }
        guard !roles.isEmpty else { throw broken("roles", "are none") }
        for variable in variables {
            guard let value = variable.defaultValue else { continue }
            guard !variable.type.isSecret else {
                throw broken("variable \(variable.name)", "is a secret with a default")
            }
            guard variable.accepts(value) else {
                throw broken("variable \(variable.name)", "has a default that is not \(variable.expectation)")
            }
        }
        for key in critical where extensions[key] == nil {
            throw broken("critical", "names \"\(key)\", which is no extension")
        }
        if let key = critical.first { throw .unknownCritical(key: key) }
    }

    /// A name stands once for each role, and is of one type for all.
    private func checkVariableNames() throws(FormatError) {
        for role in roles {
            try unique(variables.filter { $0.roles.includes(role.name) }.map(\.name), in: "variables of \(role.name)")
        }
        var types: [String: VariableType] = [:]
        for variable in variables {
            if variable.type == .enumeration {
                guard !variable.values.isEmpty, variable.values.allSatisfy(variable.type.accepts) else {
                    throw broken("variable \(variable.name)", "has no words to choose from, or one that is none")
                }
                try unique(variable.values, in: "values of \(variable.name)")
            }
            guard types.updateValue(variable.type, forKey: variable.name) ?? variable.type == variable.type else {
                throw broken("variable \(variable.name)", "is of two types")
            }
        }
    }

    private func checkRoleNames() throws(FormatError) {
        let known = Set(roles.map(\.name))
        let scopes =
            entries.map(\.roles) + requirements.map(\.roles) + variables.map(\.roles) + users.map(\.roles)
            + steps.map(\.roles) + operation.map(\.roles)
        for name in scopes.compactMap(\.names).joined() where !known.contains(name) {
            throw broken("roles", "do not have \"\(name)\", which an item is for")
        }
    }

    private func checkEntries() throws(FormatError) {
        for (index, entry) in entries.enumerated() where index > 0 {
            guard entries[index - 1].path < entry.path else {
                throw broken("entry \(entry.path)", "is not sorted after the one before it, or repeats it")
            }
        }
    }

    /// For every role: each destination once, none below something that is not a folder, none told apart by case only.
    private func checkDestinations() throws(FormatError) {
        var placed: [String: [Int]] = [:]
        for (index, entry) in entries.enumerated() {
            placed[asciiFolded(entry.place.text), default: []].append(index)
        }
        for (index, entry) in entries.enumerated() {
            for other in placed[asciiFolded(entry.place.text)] ?? [] where other < index {
                guard !entries[other].roles.meets(entry.roles) else {
                    throw broken(
                        "entry \(entry.path)", "is laid where \(entries[other].path) is, or differs in case only")
                }
            }
            for ancestor in entry.place.ancestors {
                for other in placed[asciiFolded(ancestor.text)] ?? [] where entries[other].roles.meets(entry.roles) {
                    guard entries[other].isDirectory, entries[other].place == ancestor else {
                        throw broken("entry \(entry.path)", "is laid below \(entries[other].path), which is no folder")
                    }
                }
            }
        }
    }

    /// Chunks tile volumes and stream without a gap, and entries are where they claim to be.
    private func checkTiling(extents: [[Extent]]) throws(FormatError) {
        var sizes = [Int](repeating: 0, count: volumes.count)
        var before = 1
        for (index, chunk) in chunks.enumerated() {
            guard chunk.volume == before || chunk.volume == before + 1, chunk.volume <= volumes.count else {
                throw broken("chunk \(index)", "is in volume \(chunk.volume), out of order")
            }
            guard (1...Chunk.maximumPlainSize.bytes).contains(chunk.plain.size.bytes),
                (1...Chunk.maximumStoredSize.bytes).contains(chunk.stored.size.bytes)
            else { throw broken("chunk \(index)", "is empty or larger than 4 MiB") }
            before = chunk.volume
            sizes[chunk.volume - 1] += chunk.stored.size.bytes
        }
        for (index, volume) in volumes.enumerated() {
            guard volume.name == Volume.name(index + 1) else {
                throw broken("volume \(index + 1)", "is called \"\(volume.name)\"")
            }
            guard volume.size.bytes == sizes[index] else {
                throw broken("volume \(volume.name)", "is \(volume.size), its chunks are \(ByteCount(sizes[index]))")
            }
        }
        let layout = TarLayout(entries: entries)
        let index = ChunkIndex(chunks: chunks)
        let plain = index.streamOffsets[chunks.count]
        guard plain == layout.length else {
            throw broken("chunks", "hold \(ByteCount(plain)), the tar stream is \(ByteCount(layout.length))")
        }
        for (number, entry) in entries.enumerated() {
            guard index.extents(covering: layout.contentRange(of: number)) == extents[number] else {
                throw broken("entry \(entry.path)", "has extents that are not where its bytes are")
            }
        }
    }

    private func checkReferences() throws(FormatError) {
        let archives = Set(entries.filter { $0.content != nil }.map(\.path))
        for image in images where !archives.contains(image.archive) {
            throw broken("image \(image.name)", "is in \"\(image.archive)\", which is no file of this bundle")
        }
        let types = Dictionary(variables.map { ($0.name, $0.type) }) { first, _ in first }
        for entry in entries {
            guard case .template(_, let content, let format, let used) = entry.kind else { continue }
            guard content.size.bytes <= Template.maximumSize else {
                throw broken("entry \(entry.path)", "is a template over 1 MiB")
            }
            try sorted(used, in: "variables of entry \(entry.path)")
            for name in used {
                guard let type = types[name] else {
                    throw broken("entry \(entry.path)", "uses the variable \(name), which is not declared")
                }
                guard format != .plain || type.isPlain else {
                    throw broken("entry \(entry.path)", "is plain and uses \(name) of type \(type.rawValue)")
                }
            }
        }
    }

    private func sorted(_ texts: [String], in place: String) throws(FormatError) {
        for index in texts.indices.dropFirst() where !texts[index - 1].utf8.lexicographicallyPrecedes(texts[index].utf8)
        {
            throw broken(place, "are not sorted, or name \"\(texts[index])\" twice")
        }
    }

    private func unique(_ texts: [String], in place: String) throws(FormatError) {
        var seen: Set<[UInt8]> = []
        for text in texts where !seen.insert(Array(text.utf8)).inserted {
            throw broken(place, "name \"\(text)\" twice")
        }
    }

    func broken(_ place: String, _ reason: String) -> FormatError {
        .invalid(document: .manifest, place: place, reason: reason)
    }
}

/// ASCII letters in lower case, everything else as it is.
func asciiFolded(_ text: String) -> String {
    String(decoding: text.utf8.map { isUpper($0) ? $0 + 32 : $0 }, as: UTF8.self)
}
