public import Values

/// One zstd frame of the payload (docs/format.md §8.2).
public struct Chunk: Hashable, Sendable {
    /// The most plain bytes in a chunk.
    public static let maximumPlainSize = ByteCount.mebibytes(4)
    /// The most stored bytes in a chunk: raw blocks cost a little more than what they hold.
    public static let maximumStoredSize = ByteCount.mebibytes(4) + .kibibytes(64)

    /// What is stored: one frame.
    public var stored: Content
    /// What it decompresses to: a stretch of the tar stream.
    public var plain: Content
    /// The volume that holds it, from 1.
    public var volume: Int

    /// All members, as they stand.
    public init(stored: Content, plain: Content, volume: Int) {
        self.stored = stored
        self.plain = plain
        self.volume = volume
    }
}

/// One file of the payload: chunks one after the other.
public struct Volume: Hashable, Sendable {
    /// The largest volume: FAT32 and scanners take it.
    public static let maximumSize = ByteCount.gibibytes(1)
    /// The most volumes: three digits in the name.
    public static let maximumCount = 999

    /// `payload-001.tar.zst`.
    public var name: String
    /// Bytes.
    public var size: ByteCount

    /// The volume with this number, from 1.
    public init(number: Int, size: ByteCount) {
        name = Self.name(number)
        self.size = size
    }

    /// The name of volume `number`, counted from 1: `payload-001.tar.zst`.
    public static func name(_ number: Int) -> String {
        let digits = String(number)
        return "payload-" + String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits + ".tar.zst"
    }
}
