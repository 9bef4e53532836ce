public import Values

extension ArchiveReader {
    /// Reads the archive to its end and gives the content of the files called `names`; a name that is not there is not in the
    /// result. A leading `./` in the archive does not count.
    ///
    /// - Parameter limit: The most bytes of each of them.
    /// - Throws: ``ArchiveError``; ``ArchiveError/repeated(path:)`` when a name stands there twice.
    public consuming func files(named names: Set<String>, limit: ByteCount) throws(ArchiveError) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        while let entry = try next() {
            let name = entry.name.hasPrefix("./") ? String(entry.name.dropFirst(2)) : entry.name
            guard entry.kind == .file, names.contains(name) else { continue }
            guard found[name] == nil else { throw .repeated(path: name) }
            found[name] = try content(limit: limit)
        }
        return found
    }
}
