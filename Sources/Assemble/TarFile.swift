import Format
import LibCrypto
import Posix
import Reporting
import Values

/// The folder of a bundle as one plain tar, for carriage; by the rules of docs/format.md §8.1, so it is always the same.
struct TarFile: ~Copyable {
    private static let step = 1 << 20
    private static let writebackStep = 8 << 20

    private let file: FileDescriptor
    private var context = SHA256Context()
    private var size = 0
    private var writtenBack = 0
    private let buffer = Buffer(capacity: TarFile.step)

    private init(_ file: consuming FileDescriptor) { self.file = file }

    /// Writes `bundle`, which stands in `folder`, to a new file there, and makes it durable.
    ///
    /// - Returns: Size and digest of the tar.
    static func write(
        _ bundle: FilledBundle, in folder: borrowing DirectoryHandle, to name: String, progress: any ProgressReceiver
    ) throws(AssembleError) -> Content {
        let root = bundle.manifest.folderName
        var entries = [Entry(path: MemberPath(own: root), kind: .directory(Permissions(mode: .executable)))]
        entries.append(
            Entry(
                path: MemberPath(own: "\(root)/\(BundleFile.signatures)"),
                kind: .directory(Permissions(mode: .executable))))
        let folders = Set(bundle.files.flatMap { MemberPath(own: $0.name).ancestors }).filter {
            $0.text != BundleFile.signatures
        }
        entries += folders.map { folder in
            Entry(path: MemberPath(own: "\(root)/\(folder)"), kind: .directory(Permissions(mode: .executable)))
        }
        entries += bundle.files.map { file in
            Entry(
                path: MemberPath(own: "\(root)/\(file.name)"), kind: .file(Permissions(mode: file.mode), file.content))
        }
        entries.sort { $0.path < $1.path }
        do throws(FileError) {
            let file = try folder.openFile(MemberPath(own: name), .readWrite, options: [.create, .exclusive])
            try file.setMode(.file)
            var tar = TarFile(file)
            return try tar.add(entries, from: folder, below: root, progress)
        } catch { throw .file(error) }
    }

    private mutating func add(
        _ entries: [Entry], from folder: borrowing DirectoryHandle, below root: String, _ progress: any ProgressReceiver
    ) throws(FileError) -> Content {
        let layout = TarLayout(entries: entries)
        for piece in layout.pieces(in: 0..<layout.length) {
            switch piece {
            case .literal(let bytes):
                try file.write(bytes)
                context.update(bytes)
                size += bytes.count
            case .content(let entry, _, _):
                let name = String(entries[entry].path.text.dropFirst(root.count + 1))
                try add(file: try folder.openFile(MemberPath(own: name), .readOnly))
                progress.report(Progress(.pack, done: size, total: layout.length, item: name))
            }
        }
        try file.synchronize()
        var finished = SHA256Context()
        swap(&finished, &context)
        return Content(size: ByteCount(size), digest: finished.finalize())
    }

    private mutating func add(file source: consuming FileDescriptor) throws(FileError) {
        while true {
            buffer.count = try unsafe source.read(into: buffer.bytes)
            if buffer.count == 0 { return }
            try unsafe file.write(buffer.filled)
            unsafe context.update(buffer.filled)
            size += buffer.count
            if size - writtenBack >= Self.writebackStep {
                try file.startWriteback(from: writtenBack, count: size - writtenBack)
                writtenBack = size
            }
        }
    }
}
