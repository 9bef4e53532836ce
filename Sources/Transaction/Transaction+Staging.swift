import Posix
public import Values

extension Transaction {
    /// Prepares a folder, and those above it that are missing. What exists stays as it is.
    ///
    /// - Returns: The folders that will be made, outermost first.
    @discardableResult
    public func stageDirectory(_ path: MemberPath, _ attributes: Attributes) throws(TransactionError) -> [MemberPath] {
        var made: [MemberPath] = []
        guard !newFolders.contains(path), !oldFolders.contains(path) else { return [] }
        for folder in path.ancestors + [path] where !newFolders.contains(folder) && !oldFolders.contains(folder) {
            if let information = try existing(folder) {
                guard information.kind == .directory else { throw conflict(folder, information) }
                oldFolders.insert(folder)
                continue
            }
            let isAsked = folder == path
            let usual = Attributes(mode: .executable, owner: attributes.owner.map { _ in .root })
            journal.changes.append(.directory(path: folder, isAsked ? attributes : usual))
            newFolders.insert(folder)
            made.append(folder)
        }
        return made
    }

    /// Prepares a file of `size` bytes in the place of what may stand there; its bytes are then written to it.
    public func stageFile(
        _ path: MemberPath, _ attributes: Attributes, size: ByteCount
    ) throws(TransactionError) -> StagedFile {
        let (area, number, replaces) = try prepare(path, owner: attributes.owner)
        guard let place = areas[area] else { fatalError("areas are open while staging") }
        let file = StagedFile(
            path: path, size: size, attributes: attributes, area: place, name: StagingArea.newName(number),
            effects: effects, isDurableAlone: !trustsFileSystemSync)
        try filing { () throws(FileError) in try file.announce() }
        journal.changes.append(.placing(path: path, area: area, number: number, replaces: replaces))
        staged.append(file)
        return file
    }

    /// Prepares a file with this content.
    @discardableResult
    public func stageFile(
        _ path: MemberPath, _ attributes: Attributes, content: [UInt8]
    ) throws(TransactionError) -> StagedFile {
        let file = try stageFile(path, attributes, size: ByteCount(content.count))
        let result: Result<Void, FileError> = unsafe content.withUnsafeBytes { bytes in
            do throws(FileError) { return .success(try unsafe file.write(bytes, at: 0)) } catch {
                return .failure(error)
            }
        }
        try filing { () throws(FileError) in try result.get() }
        return file
    }

    /// Prepares a symbolic link in the place of what may stand there.
    public func stageLink(_ path: MemberPath, target: String, owner: Attributes.Owner?) throws(TransactionError) {
        let (area, number, replaces) = try prepare(path, owner: owner)
        guard let place = areas[area] else { fatalError("areas are open while staging") }
        try filing { () throws(FileError) in
            let name = StagingArea.newName(number)
            try effects.makeSymbolicLink(name, in: place.handle, target: target, "stage.link")
            if let owner {
                try effects.setOwner(of: name, in: place.handle, owner.user, group: owner.group, "stage.link-owner")
            }
        }
        journal.changes.append(.placing(path: path, area: area, number: number, replaces: replaces))
    }

    /// Prepares the removal of a file or link; nothing there is no error.
    public func stageRemoval(_ path: MemberPath) throws(TransactionError) {
        guard try existing(path) != nil else { return }
        let (area, number, _) = try prepare(path, owner: nil)
        journal.changes.append(.removal(path: path, area: area, number: number))
    }

    /// Finds area and number for a change at `path`, and notes what stands there.
    func prepare(_ path: MemberPath, owner: Attributes.Owner?) throws(TransactionError)
        -> (area: Int, number: Int, replaces: Bool)
    {
        // First the folders: what is no folder on the way shall be named itself.
        if let parent = path.parent { try stageDirectory(parent, Attributes(mode: .executable, owner: owner)) }
        // In a folder that is not there yet, nothing is there yet; making that folder will tell if that changes.
        let isInNewFolder = path.parent.map(newFolders.contains) ?? false
        let information = isInNewFolder ? nil : try existing(path)
        if let information, information.kind != .file, information.kind != .link {
            throw conflict(path, information)
        }
        number += 1
        if !isInNewFolder { found.append((path, information)) }
        return (try area(for: path), number, information != nil)
    }

    func existing(_ path: MemberPath) throws(TransactionError) -> FileInformation? {
        try filing { () throws(FileError) in try root.information(of: path) }
    }

    private func conflict(_ path: MemberPath, _ information: FileInformation) -> TransactionError {
        .conflict(path: root.path.appending(path), found: information.kind)
    }
}
