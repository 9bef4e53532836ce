import Format
import LibCrypto
import Posix
import Values

/// A name that this module makes up itself.
func ownName(_ text: String) -> MemberPath {
    do { return try MemberPath(validating: text) } catch { fatalError("our own name \(text) is refused: \(error)") }
}

/// One volume while it is written, front to back.
struct VolumeWriter: ~Copyable {
    /// After so many bytes the kernel is asked to begin writing them out, so that the end is short.
    private static let writebackStep = 8 << 20

    private let file: FileDescriptor
    private var context = SHA256Context()
    private(set) var size = 0
    private var writtenBack = 0

    private init(_ file: consuming FileDescriptor) { self.file = file }

    static func create(_ name: String, in folder: borrowing DirectoryHandle) throws(FileError) -> VolumeWriter {
        let file = try folder.openFile(ownName(name), .writeOnly, options: [.create, .exclusive])
        try file.setMode(.file)
        return VolumeWriter(file)
    }

    /// Adds the filled part of `stored`.
    mutating func write(_ stored: Buffer) throws(FileError) {
        try unsafe file.write(stored.filled)
        unsafe context.update(stored.filled)
        size += stored.count
        if size - writtenBack >= Self.writebackStep {
            try file.startWriteback(from: writtenBack, count: size - writtenBack)
            writtenBack = size
        }
    }

    /// Makes it durable.
    consuming func finish() throws(FileError) -> Content {
        try file.synchronize()
        return Content(size: ByteCount(size), digest: context.finalize())
    }
}
