public import Posix
public import Values

/// A file that is growing in a staging folder. Several threads may write to it, each its own bytes.
public final class StagedFile: Sendable {
    /// Where it will be laid, below the target's root.
    public let path: MemberPath
    /// The size it will have.
    public let size: ByteCount
    let attributes: Attributes
    let area: StagingArea
    let name: MemberPath
    private let effects: any FileEffects

    init(
        path: MemberPath, size: ByteCount, attributes: Attributes, area: StagingArea, name: MemberPath,
        effects: any FileEffects
    ) {
        self.path = path
        self.size = size
        self.attributes = attributes
        self.area = area
        self.name = name
        self.effects = effects
    }

    /// From this size on room is set aside before the first byte, and written bytes are sent on their way at once.
    static let large = ByteCount.mebibytes(1)

    func create() throws(FileError) {
        let file = try effects.createFile(name, in: area.handle, "stage.create")
        if size >= Self.large { try effects.reserve(size, for: file, "stage.reserve") }
        try effects.close(file, "stage.close")
    }

    /// Writes `bytes` at `offset`. Holds no descriptor afterwards, so that the number of files has no limit.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        let file = try effects.openFile(name, in: area.handle, options: [], "stage.open")
        try unsafe effects.write(bytes, to: file, at: offset, "stage.write")
        if size >= Self.large { try file.startWriteback(from: offset, count: bytes.count) }
        try effects.close(file, "stage.close")
    }

    /// What was written so far. For small files whose content decides what else is laid.
    public func read(limit: ByteCount) throws(FileError) -> [UInt8] { try area.handle.read(name, limit: limit) }

    /// Gives the file its owner, then its mode, since chown clears bits; durable alone where the whole will not be.
    func seal(durably: Bool) throws(TransactionError) {
        let found = try filing { () throws(FileError) in try area.handle.information(of: name)?.size ?? 0 }
        guard found == size else {
            throw .incomplete(path: area.handle.path.appending(name), expected: size, found: found)
        }
        try filing { () throws(FileError) in
            let file = try effects.openFile(name, in: area.handle, options: [], "seal.open")
            if let owner = attributes.owner {
                try effects.setOwner(of: file, owner.user, group: owner.group, "seal.owner")
            }
            try effects.setMode(of: file, bits: attributes.mode.bits, "seal.mode")
            if durably { try effects.synchronize(file, "seal.synchronize") }
            try effects.close(file, "seal.close")
        }
    }
}
