public import Posix
import Synchronization
public import Values

/// A file that is growing in a staging folder. Several threads may write to it, each its own bytes.
public final class StagedFile: Sendable {
    /// Where it will be laid, below the target's root.
    public let path: MemberPath
    /// The size it will have.
    public let size: ByteCount
    private let attributes: Attributes
    private let area: StagingArea
    private let name: MemberPath
    private let effects: any FileEffects
    /// Whether it gets an fsync(2) of its own, because nothing makes the whole file system durable.
    private let isDurableAlone: Bool
    /// Whether all its bytes, its owner and its mode are there.
    private let isFinished = Atomic(false)

    init(
        path: MemberPath, size: ByteCount, attributes: Attributes, area: StagingArea, name: MemberPath,
        effects: any FileEffects, isDurableAlone: Bool
    ) {
        self.path = path
        self.size = size
        self.attributes = attributes
        self.area = area
        self.name = name
        self.effects = effects
        self.isDurableAlone = isDurableAlone
    }

    /// From this size on room is set aside before the first byte, and written bytes are sent on their way at once.
    static let large = ByteCount.mebibytes(1)

    /// Makes a large file and sets its room aside. Small ones are made with their first bytes.
    func announce() throws(FileError) {
        guard size >= Self.large else { return }
        let file = try effects.createFile(name, in: area.handle, "stage.create")
        try effects.reserve(size, for: file, "stage.reserve")
        try effects.close(file, "stage.close")
    }

    /// Writes `bytes` at `offset`. Holds no descriptor afterwards, so that the number of files has no limit.
    ///
    /// A file that comes in one piece is finished on the spot.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        let isLarge = size >= Self.large
        let file = try effects.openFile(name, in: area.handle, options: isLarge ? [] : .create, "stage.open")
        try unsafe effects.write(bytes, to: file, at: offset, "stage.write")
        if isLarge { try file.startWriteback(from: offset, count: bytes.count) }
        if offset == 0, bytes.count == size.bytes {
            try finish(file)
            isFinished.store(true, ordering: .releasing)
        }
        try effects.close(file, "stage.close")
    }

    /// What was written so far. For small files whose content decides what else is laid.
    public func read(limit: ByteCount) throws(FileError) -> [UInt8] { try area.handle.read(name, limit: limit) }

    /// Finishes a file that came in several pieces, or has no bytes at all.
    func seal() throws(TransactionError) {
        guard !isFinished.load(ordering: .acquiring) else { return }
        try filing { () throws(FileError) in
            let file = try effects.openFile(name, in: area.handle, options: size == 0 ? .create : [], "seal.open")
            try finish(file)
            try effects.close(file, "seal.close")
        }
        let found = try filing { () throws(FileError) in try area.handle.information(of: name)?.size ?? 0 }
        guard found == size else {
            throw .incomplete(path: area.handle.path.appending(name), expected: size, found: found)
        }
    }

    /// Gives the file its owner, then its mode, since chown clears bits; durable alone where the whole will not be.
    private func finish(_ file: borrowing FileDescriptor) throws(FileError) {
        if let owner = attributes.owner { try effects.setOwner(of: file, owner.user, group: owner.group, "seal.owner") }
        try effects.setMode(of: file, bits: attributes.mode.bits, "seal.mode")
        if isDurableAlone { try effects.synchronize(file, "seal.synchronize") }
    }
}
