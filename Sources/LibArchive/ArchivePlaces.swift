import Values

/// What stands where in an archive so far: no path twice but as a folder, nothing below what is no folder.
///
/// Only hashes are kept, so that long paths cost no more than short ones. Swift's are seeded anew in each process: nobody can make two
/// paths meet. Canonically equivalent spellings of a name hash alike, and count as one.
struct ArchivePlaces {
    /// Whether what stands there is a folder, by the hash of its path.
    private var isFolder: [Int: Bool] = [:]

    mutating func take(_ entry: ArchiveEntry) throws(ArchiveError) {
        guard let place = entry.place else {
            guard entry.kind == .directory else { throw .path(entry.name, .dotComponent) }
            return
        }
        if let known = isFolder[place.hashValue] {
            guard known, entry.kind == .directory else { throw .repeated(path: place.text) }
            return
        }
        for ancestor in place.ancestors.reversed() {
            guard let known = isFolder[ancestor.hashValue] else {
                isFolder[ancestor.hashValue] = true
                continue
            }
            guard known else { throw .notBelowFolder(path: place.text, file: ancestor.text) }
            break
        }
        isFolder[place.hashValue] = entry.kind == .directory
    }
}
