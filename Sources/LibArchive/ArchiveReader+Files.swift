public import Values

extension ArchiveReader {
    /// Reads the archive to its end and gives the content of the files called `names`; a name that is not there is not in the
    /// result. Links are not followed.
    ///
    /// - Parameter limit: The most bytes of each of them.
    /// - Throws: ``ArchiveError``.
    public consuming func files(named names: Set<String>, limit: ByteCount) throws(ArchiveError) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        while let entry = try next() {
            _ = try entry.destination()
            guard entry.kind == .file, let name = entry.place?.text, names.contains(name) else { continue }
            found[name] = try content(limit: limit)
        }
        return found
    }
}
