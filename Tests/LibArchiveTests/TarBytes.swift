import LibArchive
import Values

/// Tar archives made by hand (POSIX.1-1988 ustar), for what no tool would write.
enum TarBytes {
    static func header(
        _ name: [UInt8], size: Int, type: Character = "0", link: String = "", mode: String = "0000644"
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        func octal(_ number: Int, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(name, at: 0)
        put(mode.utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(octal(size, 11).utf8, at: 124)
        put(octal(0, 11).utf8, at: 136)
        put("        ".utf8, at: 148)
        put(String(type).utf8, at: 156)
        put(link.utf8, at: 157)
        put(Array("ustar\0".utf8) + Array("00".utf8), at: 257)
        put((octal(block.reduce(0) { $0 + Int($1) }, 6) + "\0 ").utf8, at: 148)
        return block
    }

    static func file(_ name: String, _ content: [UInt8], stated: Int? = nil) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        return header(Array(name.utf8), size: stated ?? content.count) + content + padding
    }

    /// A pax header with one record (POSIX.1-2001 pax, "LEN key=value\n").
    static func pax(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let body = Array(" \(key)=".utf8) + value + [0x0A]
        var length = body.count + 1
        while String(length).utf8.count + body.count != length { length += 1 }
        let record = Array(String(length).utf8) + body
        let padding = [UInt8](repeating: 0, count: (512 - record.count % 512) % 512)
        return header(Array("PaxHeader".utf8), size: record.count, type: "x") + record + padding
    }

    static let end = [UInt8](repeating: 0, count: 1_024)

    /// Reads all of it; gives names and contents.
    static func read(
        _ archive: [UInt8], filters: ArchiveFilters = [], limits: ArchiveLimits = .init()
    ) throws -> [(entry: ArchiveEntry, content: [UInt8])] {
        var reader = try ArchiveReader(bytes: archive, accepting: .tar, filters: filters, limits: limits)
        var found: [(ArchiveEntry, [UInt8])] = []
        while let entry = try reader.next() { found.append((entry, try reader.content(limit: .mebibytes(1)))) }
        return found
    }
}
