/// One entry of a tar archive made by hand (POSIX.1-1988 ustar), with every field at hand: for what no tool would write.
public struct TarBlock {
    /// Where the name stands; more than 100 bytes are cut.
    public var name: [UInt8]
    /// What follows the header, unpadded.
    public var content: [UInt8] = []
    /// The type flag.
    public var type: Character = "0"
    /// Where a link leads.
    public var link: [UInt8] = []
    /// The size field, when it is not that of the content.
    public var size: [UInt8]?
    /// The mode field.
    public var mode = "0000644"
    /// The time field.
    public var time: [UInt8] = Array("00000000000".utf8)
    /// The prefix field.
    public var prefix: [UInt8] = []
    /// Magic and version.
    public var magic: [UInt8] = Array("ustar\u{0}00".utf8)

    /// What else stands in the header, and where.
    public var raw: [(offset: Int, bytes: [UInt8])] = []

    /// A file, unless said otherwise.
    public init(_ name: [UInt8], _ content: [UInt8] = [], type: Character = "0", link: String = "") {
        self.name = name
        self.content = content
        self.type = type
        self.link = Array(link.utf8)
    }

    /// A file, unless said otherwise.
    public init(_ name: String, _ content: [UInt8] = [], type: Character = "0", link: String = "") {
        self.init(Array(name.utf8), content, type: type, link: link)
    }

    /// The same with changes.
    public func with(_ change: (inout TarBlock) -> Void) -> TarBlock {
        var block = self
        change(&block)
        return block
    }

    /// Header and content.
    public var bytes: [UInt8] { header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512) }

    /// The 512 bytes in front.
    public var header: [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Collection<UInt8>, at offset: Int, most: Int) {
            for (index, byte) in bytes.prefix(most).enumerated() { block[offset + index] = byte }
        }
        put(name, at: 0, most: 100)
        put(Array(mode.utf8), at: 100, most: 8)
        put(Array("0000000".utf8), at: 108, most: 8)
        put(Array("0000000".utf8), at: 116, most: 8)
        put(size ?? Self.octal(content.count, 11), at: 124, most: 12)
        put(time, at: 136, most: 12)
        put(Array("        ".utf8), at: 148, most: 8)
        put(Array(String(type).utf8), at: 156, most: 1)
        put(link, at: 157, most: 100)
        put(magic, at: 257, most: 8)
        put(prefix, at: 345, most: 155)
        for (offset, bytes) in raw { put(bytes, at: offset, most: 512 - offset) }
        put(Self.octal(block.reduce(0) { $0 + Int($1) }, 6) + [0, 0x20], at: 148, most: 8)
        return block
    }

    /// A number in so many digits.
    public static func octal(_ number: Int, _ width: Int) -> [UInt8] {
        let digits = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
    }

    /// A number as GNU tar writes what does not fit.
    public static func base256(_ number: Int) -> [UInt8] {
        [number < 0 ? 0xFF : 0x80]
            + (0..<11).map { UInt8(truncatingIfNeeded: $0 < 3 ? number >> 63 : number >> ((10 - $0) * 8)) }
    }

    /// A pax header with records (POSIX.1-2001 pax, "LEN key=value\n").
    public static func pax(_ records: (String, [UInt8])..., type: Character = "x") -> [UInt8] {
        TarBlock("PaxHeader", records.flatMap { record($0.0, $0.1) }, type: type).bytes
    }

    /// A record of a pax header.
    public static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let body = Array(" \(key)=".utf8) + value + [0x0A]
        var length = body.count + 1
        while String(length).utf8.count + body.count != length { length += 1 }
        return Array(String(length).utf8) + body
    }

    /// What ends an archive.
    public static let end = [UInt8](repeating: 0, count: 1_024)
}
