import Format
import LibCrypto
import Values

/// Compares the tar stream, taken chunk by chunk in order, with the one that follows from the entries, and hashes every entry.
struct StreamChecker: ~Copyable {
    private let bundle: VerifiedBundle
    private var context = SHA256Context()

    init(of bundle: VerifiedBundle) { self.bundle = bundle }

    mutating func take(_ plain: UnsafeRawBufferPointer, ofChunk index: Int) throws(VerifyError) {
        var offset = 0
        for piece in bundle.layout.pieces(in: bundle.chunks.streamRange(of: index)) {
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: plain[offset..<offset + piece.count])
            switch piece {
            case .literal(let expected):
                guard unsafe bytes.elementsEqual(expected) else { throw bundle.damage(.layout, inChunk: index) }
            case .content(let entry, let start, let count):
                unsafe context.update(bytes)
                try finish(entry, at: start + count)
            }
            offset += piece.count
        }
    }

    /// Compares the digest of an entry once its last byte has passed.
    private mutating func finish(_ index: Int, at end: Int) throws(VerifyError) {
        let entry = bundle.manifest.entries[index]
        guard let content = entry.content, end == content.size.bytes else { return }
        var fresh = SHA256Context()
        swap(&fresh, &context)
        guard fresh.finalize() == content.digest else { throw .wrongEntry(entry.path) }
    }
}
