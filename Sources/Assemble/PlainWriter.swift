import Format
import LibCrypto
import Posix
import Reporting
import Store
import Values

/// Writes a payload as plain files: every byte is read once, hashed, written once, durably (docs/format.md §8.3).
struct PlainWriter {
    private static let step = 1 << 20
    private static let writebackStep = 8 << 20

    let store: Store
    let progress: any ProgressReceiver

    /// Writes the files of `payload` below the folder `payload` of `folder`.
    ///
    /// - Returns: The entries with all digests, and the files that were written.
    func write(
        _ payload: Payload, in folder: borrowing DirectoryHandle
    ) throws(AssembleError) -> (entries: [Entry], files: [FilledBundle.File]) {
        let total = payload.entries.reduce(0) { $0 + ($1.content?.size.bytes ?? 0) }
        var reader = ContentReader(store)
        var entries: [Entry] = []
        var written: [FilledBundle.File] = []
        var done = 0
        try makeFolders(for: payload.entries, in: folder)
        for (index, entry) in payload.entries.enumerated() {
            guard let content = entry.content else {
                entries.append(entry)
                continue
            }
            let name = PlainFile.name(of: entry.path)
            warn(name, content.size)
            let digest = try write(payload.items[index].source, content, to: name, in: folder, &reader) { count in
                progress.report(Progress(.pack, done: done + count, total: total, item: name))
            }
            done += content.size.bytes
            entries.append(entry.with(digest: digest))
            written.append(.init(name: name, content: Content(size: content.size, digest: digest)))
        }
        try reader.finish()
        try synchronizeFolders(of: payload.entries, in: folder)
        return (entries, written)
    }

    /// Copies one file; its digest.
    private func write(
        _ source: PayloadItem.Source, _ content: Content, to name: String, in folder: borrowing DirectoryHandle,
        _ reader: inout ContentReader, report: (Int) -> Void
    ) throws(AssembleError) -> SHA256Digest {
        let file = try files { () throws(FileError) in
            let file = try folder.openFile(MemberPath(own: name), .writeOnly, options: [.create, .exclusive])
            try file.setMode(.file)
            return file
        }
        let buffer = Buffer(capacity: Self.step)
        var context = SHA256Context()
        var (offset, writtenBack) = (0, 0)
        while offset < content.size.bytes {
            buffer.count = min(Self.step, content.size.bytes - offset)
            try fill(buffer, from: source, at: offset, &reader)
            unsafe context.update(buffer.filled)
            offset += buffer.count
            try files { () throws(FileError) in
                try unsafe file.write(buffer.filled)
                guard offset - writtenBack >= Self.writebackStep else { return }
                try file.startWriteback(from: writtenBack, count: offset - writtenBack)
                writtenBack = offset
            }
            report(offset)
        }
        try files { () throws(FileError) in try file.synchronize() }
        return context.finalize()
    }

    private func fill(
        _ buffer: Buffer, from source: PayloadItem.Source, at offset: Int, _ reader: inout ContentReader
    ) throws(AssembleError) {
        var start = 0
        for segment in source.segments(in: offset..<offset + buffer.count) {
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[start..<start + segment.count])
            switch segment {
            case .literal(let bytes): unsafe part.copyBytes(from: bytes)
            case .content(let reference, let offset, _): try unsafe reader.read(reference, offset: offset, into: part)
            }
            start += segment.count
        }
    }

    private func makeFolders(for entries: [Entry], in folder: borrowing DirectoryHandle) throws(AssembleError) {
        do throws(FileError) {
            for path in Self.folders(of: entries) { try folder.makeDirectory(path) }
        } catch { throw .file(error) }
    }

    /// Innermost first, so that no folder is durable before what is in it.
    private func synchronizeFolders(of entries: [Entry], in folder: borrowing DirectoryHandle) throws(AssembleError) {
        do throws(FileError) {
            for path in Self.folders(of: entries).reversed() { try folder.open(path).synchronize() }
        } catch { throw .file(error) }
    }

    /// `payload` and every folder below it that holds files, outermost first.
    private static func folders(of entries: [Entry]) -> [MemberPath] {
        let files = entries.filter { $0.content != nil }.map { MemberPath(own: PlainFile.name(of: $0.path)) }
        return Set(files.flatMap(\.ancestors)).sorted()
    }

    private func warn(_ name: String, _ size: ByteCount) {
        guard size > PlainFile.fat32Limit else { return }
        progress.say(
            Diagnostic(
                "\(quoted(name)) has \(size.formatted): media with FAT32 do not take it", severity: .warning,
                next: "use a medium with exFAT or NTFS", exitCode: .done))
    }
}

extension PayloadItem.Source {
    /// What stands in `range` of the content.
    fileprivate func segments(in range: Range<Int>) -> [Segment] {
        switch self {
        case .archive(let archive): archive.segments(in: range)
        case .none, .literal, .content: [segment(offset: range.lowerBound, count: range.count)]
        }
    }
}
