public import Values

/// The root of a bundle: the digests of all its files (docs/format.md §4).
public struct SHA256Sums: Hashable, Sendable {
    /// One line: a file and the digest of its bytes.
    public struct Line: Hashable, Sendable {
        /// The path below the bundle's folder.
        public let name: String
        /// SHA-256 of the file.
        public let digest: SHA256Digest
    }

    /// The largest file, in bytes.
    public static let maximumSize = ByteCount.mebibytes(1)
    /// The longest name, in bytes.
    public static let maximumName = 255

    /// Sorted by the bytes of the name.
    public let lines: [Line]

    /// Takes files in any order.
    ///
    /// - Throws: ``FormatError`` when a name is not one of §4, or stands twice.
    public init(_ files: [(name: String, digest: SHA256Digest)]) throws(FormatError) {
        lines = files.map { Line(name: $0.name, digest: $0.digest) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        try checkNames()
    }

    /// Reads the bytes of a `SHA256SUMS`.
    ///
    /// - Throws: ``FormatError``, with the line, for anything but the grammar of §4.
    public init(reading bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Self.maximumSize.bytes else { throw Self.refusal(line: 0, "is larger than 1 MiB") }
        guard bytes.last == UInt8(ascii: "\n") else { throw Self.refusal(line: 0, "does not end with a line feed") }
        var lines: [Line] = []
        for (index, text) in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            lines.append(try Self.line(text, number: index + 1))
        }
        self.lines = lines
        try checkNames()
    }

    /// The bytes that are signed.
    public var bytes: [UInt8] { Array(lines.map { "\($0.digest.hex)  \($0.name)\n" }.joined().utf8) }

    /// The digest of the file called `name`; `nil` when it is not named.
    public func digest(of name: String) -> SHA256Digest? { lines.first { $0.name == name }?.digest }

    private static func line(_ text: ArraySlice<UInt8>, number: Int) throws(FormatError) -> Line {
        let digits = text.prefix(64)
        guard let hex = String(validating: digits, as: UTF8.self), let digest = SHA256Digest(hex: hex) else {
            throw refusal(line: number, "does not start with 64 lower-case hexadecimal digits")
        }
        guard text.dropFirst(64).prefix(2).elementsEqual("  ".utf8) else {
            throw refusal(line: number, "does not have two spaces after the digest")
        }
        guard let name = String(validating: text.dropFirst(66), as: UTF8.self) else {
            throw refusal(line: number, "has a name that is not UTF-8")
        }
        return Line(name: name, digest: digest)
    }

    private func checkNames() throws(FormatError) {
        for (index, line) in lines.enumerated() {
            guard Self.isName(line.name) else { throw Self.refusal(line: index + 1, "has a name that is not allowed") }
            guard line.name != BundleFile.sums, !line.name.hasPrefix(BundleFile.signatures + "/") else {
                throw Self.refusal(line: index + 1, "names SHA256SUMS itself or a signature")
            }
            guard index > 0 else { continue }
            guard lines[index - 1].name.utf8.lexicographicallyPrecedes(line.name.utf8) else {
                throw Self.refusal(line: index + 1, "is not sorted after the line before it, or names it again")
            }
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard (1...maximumName).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(isSegment)
    }

    /// Whether `segment` can stand between two slashes of a name.
    static func isSegment(_ segment: Substring.UTF8View) -> Bool {
        guard let first = segment.first, first != UInt8(ascii: "-") else { return false }
        guard !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else { return false }
        let others = Array("._-+".utf8)
        return segment.allSatisfy { isLowerOrDigit($0) || isUpper($0) || others.contains($0) }
    }

    private static func refusal(line: Int, _ reason: String) -> FormatError {
        .invalid(document: .sums, place: line == 0 ? "the file" : "line \(line)", reason: reason)
    }
}
