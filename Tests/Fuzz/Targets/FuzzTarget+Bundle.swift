import Format
import LibZstd
import Transaction

/// What a bundle and a machine that has one hold.
extension FuzzTarget {
    /// SHA256SUMS: what is accepted has one spelling, and names each file once (docs/format.md §4).
    static let sums = FuzzTarget("sha256sums") { bytes in
        let sums = try SHA256Sums(reading: bytes)
        try hold(sums.bytes == bytes, "SHA256SUMS was accepted in a spelling that is not its own")
        try hold(Set(sums.lines.map(\.name)).count == sums.lines.count, "SHA256SUMS names a file twice")
    }

    /// manifest.json: what is accepted has one spelling, and its tar stream can be laid out (docs/format.md §6–§11).
    static let manifest = FuzzTarget("manifest") { bytes in
        let manifest = try Manifest(reading: bytes)
        try hold(manifest.canonical() == bytes, "a manifest was accepted in a spelling that is not its own")
        for entry in manifest.entries {
            let header = TarHeader.bytes(for: entry)
            try hold(header.count % TarHeader.blockSize == 0, "a tar header of \(header.count) bytes")
        }
    }

    /// A receipt: what is accepted has one spelling (docs/format.md §12).
    static let receipt = FuzzTarget("receipt") { bytes in
        let receipt = try Receipt(reading: bytes)
        try hold(receipt.canonical() == bytes, "a receipt was accepted in a spelling that is not its own")
    }

    /// A journal: what is accepted is the same after it was written and read again.
    static let journal = FuzzTarget("journal") { bytes in
        let journal = try JournalText(bytes)
        let again = try mustRead("a journal that sealift wrote was refused") { try JournalText(journal.bytes) }
        try hold(again == journal, "a journal is another one after it was written")
    }

    /// One frame of zstd behind two bytes of its plain size: decoding it twice gives the same bytes.
    static let frame = FuzzTarget("zstd-frame") { bytes in
        guard bytes.count >= 2 else { throw Refusal() }
        let size = Int(bytes[0]) << 8 | Int(bytes[1])
        let first = try decoded(Array(bytes[2...]), size)
        let second = try mustRead("a frame was refused the second time") { try decoded(Array(bytes[2...]), size) }
        try hold(first == second, "a frame decoded to other bytes the second time")
    }

    private static func decoded(_ frame: [UInt8], _ size: Int) throws -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: size)
        var decoder = FrameDecoder()
        let count = try plain.withUnsafeMutableBytes { plain in
            try frame.withUnsafeBytes { frame in try decoder.decode(frame, into: plain) }
        }
        try hold(count == size, "a frame of \(size) bytes gave \(count)")
        return plain
    }
}
