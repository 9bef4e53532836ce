import Values

/// Header blocks of the tar stream, a pure function of an entry (docs/format.md §8.1; POSIX.1-1988 ustar, POSIX.1-2001 pax).
public enum TarHeader {
    /// The size of a block, in bytes.
    public static let blockSize = 512
    /// From this size on the ustar field does not hold the number (11 octal digits).
    static let largeSize = 8 << 30

    /// All header bytes of `entry`: a pax extended header where one is needed, then the ustar header.
    public static func bytes(for entry: Entry) -> [UInt8] {
        let isDirectory = entry.isDirectory
        let name = Array(entry.path.text.utf8) + (isDirectory ? [UInt8(ascii: "/")] : [])
        var target: [UInt8] = []
        if case .link(let text) = entry.kind { target = Array(text.utf8) }
        let size = entry.content?.size.bytes ?? 0
        let mode = entry.permissions?.mode.bits ?? 0o777
        let header = block(
            name: name, mode: mode, size: size < largeSize ? size : 0, type: typeFlag(of: entry.kind), target: target)
        return extendedHeader(name: name, target: target, size: size) + header
    }

    private static func typeFlag(of kind: Entry.Kind) -> UInt8 {
        switch kind {
        case .file, .template: UInt8(ascii: "0")
        case .link: UInt8(ascii: "2")
        case .directory: UInt8(ascii: "5")
        }
    }

    private static func extendedHeader(name: [UInt8], target: [UInt8], size: Int) -> [UInt8] {
        var body: [UInt8] = []
        if target.count > 100 { body += record("linkpath", target) }
        if name.count > 100 { body += record("path", name) }
        if size >= largeSize { body += record("size", Array(String(size).utf8)) }
        guard !body.isEmpty else { return [] }
        let header = block(
            name: Array("pax_header".utf8), mode: 0o644, size: body.count, type: UInt8(ascii: "x"), target: [])
        return header + body + [UInt8](repeating: 0, count: padding(after: body.count))
    }

    /// `LENGTH key=value\n`, where LENGTH counts its own digits too.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = 1 + key.utf8.count + 1 + value.count + 1
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        return Array("\(length) \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    }

    private static func block(name: [UInt8], mode: UInt16, size: Int, type: UInt8, target: [UInt8]) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: blockSize)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        put(name.prefix(100), at: 0)
        put(octal(Int(mode), digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put(Array("        ".utf8), at: 148)
        block[156] = type
        put(target.prefix(100), at: 157)
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(octal(0, digits: 7), at: 329)
        put(octal(0, digits: 7), at: 337)
        // By index: without the optimizer `reduce` takes memory for every byte, and tests lay out very many headers.
        var sum = 0
        for index in 0..<blockSize { sum += Int(block[index]) }
        put(octal(sum, digits: 6), at: 148)
        block[154] = 0
        block[155] = UInt8(ascii: " ")
        return block
    }

    private static func octal(_ value: Int, digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: digits - text.count) + text
    }

    /// Zero bytes between the end of `count` bytes and the next block.
    static func padding(after count: Int) -> Int { (blockSize - count % blockSize) % blockSize }
}
