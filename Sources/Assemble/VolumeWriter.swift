import Format
import LibCrypto
import Posix
import Values

/// One volume while it is written, front to back.
struct VolumeWriter: ~Copyable {
    /// After so many bytes the kernel is asked to begin writing them out, so that the end is short.
    private static let writebackStep = 8 << 20
    /// At most so many bytes wait for a slow medium.
    private static let writebackWindow = 64 << 20

    private let file: FileDescriptor
    private var context = SHA256Context()
    private(set) var size = 0
    private var writtenBack = 0
    private var dropped = 0

    /// The second copy, as long as it can be written.
    private var copy: NearCopy?
    private var copyFile: FileDescriptor?

    private init(_ file: consuming FileDescriptor) { self.file = file }

    /// - Parameter copy: Where the store wants the volume too; `nil` when it can link to it.
    static func create(
        _ name: String, in folder: borrowing DirectoryHandle, copy: FilePath?
    ) throws(FileError) -> VolumeWriter {
        let file = try folder.openFile(MemberPath(own: name), .writeOnly, options: [.create, .exclusive])
        try file.setMode(.file)
        var writer = VolumeWriter(file)
        if let copy {
            writer.copyFile = try FileDescriptor.open(copy, .writeOnly, options: [.create, .exclusive])
            writer.copy = NearCopy(copy)
        }
        return writer
    }

    /// Adds the filled part of `stored`.
    mutating func write(_ stored: Buffer) throws(FileError) {
        try unsafe file.write(stored.filled)
        unsafe context.update(stored.filled)
        size += stored.count
        try writeBack()
        writeCopy(stored)
    }

    /// A cache that has no room is no reason to stop.
    private mutating func writeCopy(_ stored: Buffer) {
        do throws(FileError) { try unsafe copyFile?.write(stored.filled) } catch {
            copyFile = nil
            copy = nil
        }
    }

    /// Keeps the medium busy, and the page cache small: pages that are written out make room for those that follow.
    private mutating func writeBack() throws(FileError) {
        guard size - writtenBack >= Self.writebackStep else { return }
        try file.startWriteback(from: writtenBack, count: size - writtenBack)
        writtenBack = size
        guard size - dropped >= Self.writebackWindow else { return }
        let count = size - dropped - Self.writebackWindow + Self.writebackStep
        try file.finishWriteback(from: dropped, count: count)
        try file.dropCache(from: dropped, count: count)
        dropped += count
    }

    /// Makes it durable; gives its size and digest, and the second copy.
    consuming func finish() throws(FileError) -> (content: Content, copy: NearCopy?) {
        try file.synchronize()
        return (Content(size: ByteCount(size), digest: context.finalize()), copy)
    }
}
