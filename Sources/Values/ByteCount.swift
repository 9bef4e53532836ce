/// A number of bytes, never negative.
public struct ByteCount: Hashable, Sendable, Comparable, ExpressibleByIntegerLiteral {
    /// The number itself.
    public let bytes: Int

    /// A count of bytes.
    /// - Precondition: `bytes` is not negative.
    public init(_ bytes: Int) {
        precondition(bytes >= 0, "a byte count is never negative")
        self.bytes = bytes
    }

    /// A count written down in code.
    public init(integerLiteral value: Int) { self.init(value) }

    /// Whether `left` is less.
    public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
    /// The sum.
    public static func + (left: Self, right: Self) -> Self { Self(left.bytes + right.bytes) }
    /// Adds `right` to `left`.
    public static func += (left: inout Self, right: Self) { left = left + right }

    /// The sum, or `nil` when it does not fit: for sizes that a document names.
    public func adding(_ other: Self) -> Self? {
        let (sum, overflow) = bytes.addingReportingOverflow(other.bytes)
        return overflow ? nil : Self(sum)
    }

    /// `count` times 2^10 bytes.
    public static func kibibytes(_ count: Int) -> Self { Self(count << 10) }
    /// `count` times 2^20 bytes.
    public static func mebibytes(_ count: Int) -> Self { Self(count << 20) }
    /// `count` times 2^30 bytes.
    public static func gibibytes(_ count: Int) -> Self { Self(count << 30) }
}

extension ByteCount {
    private static let units: [(suffix: String, factor: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1 << 40), ("B", 1),
    ]

    /// Reads `1073741824`, `512 MiB`, `1GiB`, `14 GB` or `2G` (`K`, `M`, `G`, `T` are powers of two, as in coreutils).
    ///
    /// `nil` when the number is missing, fractional, negative or does not fit.
    public init?(parsing text: some StringProtocol) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(digits.count)
        guard let number = Int(digits) else { return nil }
        guard !rest.isEmpty else {
            self.init(number)
            return
        }
        let unit = rest.dropFirst(rest.first == " " ? 1 : 0)
        guard let factor = Self.units.first(where: { $0.suffix == unit })?.factor else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.init(bytes)
    }

    /// The size as a person reads it: `4194304 B` is `4.0 MiB`, below 1 KiB the plain number with `B`.
    public var formatted: String {
        let scales: [(String, Int)] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let (suffix, factor) = scales.first(where: { bytes >= $0.1 }) else { return "\(bytes) B" }
        let tenths = bytes / factor * 10 + bytes % factor * 10 / factor
        return "\(tenths / 10).\(tenths % 10) \(suffix)"
    }
}

extension ByteCount: CustomStringConvertible {
    /// The exact number with groups of three: `4 194 304 bytes`.
    public var description: String {
        let digits = Array(String(bytes))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(" ") }
            text.append(digit)
        }
        return text + (bytes == 1 ? " byte" : " bytes")
    }
}
