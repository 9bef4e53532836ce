import Reporting

extension YAMLDocument {
    /// This document laid over `base`, every value with the place where it was written.
    ///
    /// Maps are merged key by key, in the order of `base`, new keys after them. Everything else of this document takes the place
    /// of what `base` has. `key+` with a list adds the list to the end of what `base` has at `key`; `null` or `~`
    /// takes away what `base` has.
    ///
    /// - Parameters:
    ///   - base: A document of one text, that was not laid over another.
    ///   - appendable: Outermost keys below which `key+` has a meaning of its own and stays where `base` has no such list.
    /// - Throws: ``YAMLError`` where `key+` stands beside `key`, or adds to what is no list.
    public func laid(over base: YAMLDocument, appendable: Set<String> = []) throws(YAMLError) -> YAMLDocument {
        let source = source.over(base.source)
        let lower = base.root.inPart(source.count - 1)
        return YAMLDocument(
            root: try YAMLMerge(source: source, appendable: appendable).merge(root, over: lower, place: []),
            source: source)
    }
}

/// The rules by which one tree of nodes is laid over another.
private struct YAMLMerge {
    let source: YAMLSource
    let appendable: Set<String>

    func merge(_ upper: YAMLNode, over lower: YAMLNode, place: [String]) throws(YAMLError) -> YAMLNode {
        guard case .mapping(let upperEntries) = upper.kind, case .mapping(let lowerEntries) = lower.kind else {
            return upper
        }
        try checkUnique(upperEntries)
        var result = lowerEntries
        for entry in upperEntries { try lay(entry, over: &result, place: place) }
        return YAMLNode(.mapping(result), at: upper.mark)
    }

    private func lay(_ entry: YAMLEntry, over entries: inout [YAMLEntry], place: [String]) throws(YAMLError) {
        let inside = place + [entry.name]
        guard let index = entries.firstIndex(where: { $0.name == entry.name }) else {
            let keepsKey = place.first.map(appendable.contains) ?? false
            entries.append(keepsKey ? entry : YAMLEntry(key: entry.name, keyMark: entry.keyMark, value: entry.value))
            return
        }
        if entry.isAppending {
            entries[index] = try appended(entry, to: entries[index], place: inside)
        } else if entry.takesAway {
            entries.remove(at: index)
        } else {
            let value = try merge(entry.value, over: entries[index].value, place: inside)
            entries[index] = YAMLEntry(key: entry.key, keyMark: entry.keyMark, value: value)
        }
    }

    private func appended(_ entry: YAMLEntry, to lower: YAMLEntry, place: [String]) throws(YAMLError) -> YAMLEntry {
        guard case .sequence(let more) = entry.value.kind, case .sequence(let elements) = lower.value.kind else {
            let there = source.location(of: lower.value.mark)
            throw .refused(
                source.location(of: entry.keyMark), place: place.dropLast().joined(separator: "."),
                what: "the key \(quoted(entry.key))",
                reason: "it adds to a list, and \(there.file), line \(there.line) has \(lower.value.summary)")
        }
        let value = YAMLNode(.sequence(elements + more), at: entry.value.mark)
        return YAMLEntry(key: lower.key, keyMark: lower.keyMark, value: value)
    }

    /// `key` and `key+` in one map leave open which comes first.
    private func checkUnique(_ entries: [YAMLEntry]) throws(YAMLError) {
        var lines: [String: Int] = [:]
        for entry in entries {
            guard let line = lines.updateValue(entry.keyMark.line, forKey: entry.name) else { continue }
            throw .duplicateKey(entry.name, source.location(of: entry.keyMark), firstLine: line)
        }
    }
}

extension YAMLEntry {
    /// Whether the key ends in `+` and the value is a list.
    fileprivate var isAppending: Bool {
        guard key.utf8.count > 1, key.hasSuffix("+"), case .sequence = value.kind else { return false }
        return true
    }

    /// The key that is meant.
    fileprivate var name: String { isAppending ? String(key.dropLast()) : key }

    /// Whether `null` or `~` is written out; nothing at all behind a colon is more likely forgotten than meant.
    fileprivate var takesAway: Bool {
        guard case .scalar(let scalar) = value.kind else { return false }
        return scalar.meaning == .null && !scalar.text.isEmpty
    }
}

extension YAMLNode {
    /// The node with the places of everything in it moved to another text.
    fileprivate func inPart(_ part: Int) -> YAMLNode {
        let mark = mark.inPart(part)
        switch kind {
        case .scalar: return YAMLNode(kind, at: mark)
        case .sequence(let nodes): return YAMLNode(.sequence(nodes.map { $0.inPart(part) }), at: mark)
        case .mapping(let entries):
            let moved = entries.map {
                YAMLEntry(key: $0.key, keyMark: $0.keyMark.inPart(part), value: $0.value.inPart(part))
            }
            return YAMLNode(.mapping(moved), at: mark)
        }
    }
}

extension YAMLMark {
    fileprivate func inPart(_ part: Int) -> YAMLMark { YAMLMark(line: line, column: column, part: part) }
}
