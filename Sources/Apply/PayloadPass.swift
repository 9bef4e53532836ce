import Format
import LibCrypto
import Posix
import Reporting
import Transaction
import Values
import Verify

/// One reading of a payload, front to back: bytes of files go to their staged places, those of templates into memory.
///
/// Called on many threads: the file system takes writes to different places at once, memory is behind a lock.
final class PayloadPass: Sendable {
    private let bundle: VerifiedBundle
    private let files: [Int: StagedFile]
    private let texts: Monitor<[Int: [UInt8]]>

    /// - Parameters:
    ///   - files: Where the content of each entry goes, by the entry's index.
    ///   - templates: Entries whose content is kept in memory; none is larger than ``Template/maximumSize``.
    init(_ bundle: VerifiedBundle, files: [Int: StagedFile], templates: [Int]) {
        self.bundle = bundle
        self.files = files
        var texts: [Int: [UInt8]] = [:]
        for index in templates {
            let size = bundle.manifest.entries[index].content?.size.bytes ?? 0
            texts[index] = [UInt8](repeating: 0, count: size)
        }
        self.texts = Monitor(texts)
    }

    /// Reads these chunks.
    ///
    /// - Throws: ``VerifyError``, ``FileError``, or ``ApplyError/cancelled`` once `isCancelled` says so.
    func run(
        _ chunks: [Int], workers: Int, progress: any ProgressReceiver, isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        try unsafe bundle.forEachChunk(in: chunks, workers: workers, phase: .apply, progress: progress) {
            [self] index, plain in
            guard !isCancelled() else { throw ApplyError.cancelled }
            try unsafe take(index, plain)
        }
    }

    /// Compares what follows from the entries, and hands on the rest.
    private func take(_ index: Int, _ plain: UnsafeRawBufferPointer) throws {
        var position = 0
        for piece in bundle.layout.pieces(in: bundle.chunks.streamRange(of: index)) {
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: plain[position..<position + piece.count])
            switch piece {
            case .literal(let expected):
                guard unsafe bytes.elementsEqual(expected) else { throw layoutDamage(inChunk: index) }
            case .content(let entry, let offset, _):
                if let file = files[entry] {
                    try unsafe file.write(bytes, at: offset)
                } else {
                    unsafe remember(bytes, of: entry, at: offset)
                }
            }
            position += piece.count
        }
    }

    private func remember(_ bytes: UnsafeRawBufferPointer, of entry: Int, at offset: Int) {
        texts.withLock { texts in
            guard texts[entry] != nil else { return }
            unsafe texts[entry]?.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
    }

    private func layoutDamage(inChunk index: Int) -> VerifyError {
        .damagedChunk(
            index: index, volume: Volume.name(bundle.manifest.chunks[index].volume),
            offset: bundle.chunks.volumeOffsets[index], entries: [], kind: .layout)
    }

    /// The templates with values in place, by the entry's index. All their chunks must have been read.
    func rendered(with values: SiteValues) throws -> [Int: [UInt8]] {
        var rendered: [Int: [UInt8]] = [:]
        for (index, text) in texts.withLock({ $0 }) {
            let entry = bundle.manifest.entries[index]
            guard case .template(_, let content, let format, _) = entry.kind else { continue }
            // The only content that is interpreted here: its own digest is checked, whatever the chunks said.
            guard SHA256Digest.of(text) == content.digest else { throw VerifyError.wrongEntry(entry.path) }
            rendered[index] = try Template(text, format: format).rendered(values.value(of:))
        }
        return rendered
    }
}
