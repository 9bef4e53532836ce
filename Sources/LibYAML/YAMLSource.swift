public import Reporting

/// The text that nodes came from, kept so that errors can show the line they speak of.
public final class YAMLSource: Sendable {
    /// The file's name as the person gave it.
    public let file: String
    private let bytes: [UInt8]
    private let lineStarts: [Int]
    /// The texts that this one was laid over; marks count them from 1.
    private let parts: [YAMLSource]

    init(file: String, bytes: [UInt8], over parts: [YAMLSource] = []) {
        self.file = file
        self.bytes = bytes
        self.lineStarts = Self.lineStarts(of: bytes)
        self.parts = parts
    }

    /// The same text, laid over `base`.
    func over(_ base: YAMLSource) -> YAMLSource { YAMLSource(file: file, bytes: bytes, over: parts + [base]) }

    /// How many texts there are, this one among them.
    var count: Int { parts.count + 1 }

    /// The place `mark` in words of ``Reporting``, with the text of its line.
    public func location(of mark: YAMLMark) -> SourceLocation {
        guard mark.part == 0 else {
            return parts[mark.part - 1].location(of: YAMLMark(line: mark.line, column: mark.column))
        }
        return SourceLocation(file: file, line: mark.line, column: mark.column, excerpt: excerpt(line: mark.line))
    }

    /// The place of the byte at `offset`.
    func location(ofByte offset: Int) -> SourceLocation {
        let line = lineStarts.lastIndex { $0 <= offset } ?? 0
        let before = bytes[lineStarts[line]..<min(offset, bytes.count)]
        let column = String(decoding: before, as: UTF8.self).unicodeScalars.count + 1
        return location(of: YAMLMark(line: line + 1, column: column))
    }

    /// The scalar at `mark`; `nil` at the end of a line.
    func scalar(at mark: YAMLMark) -> Unicode.Scalar? {
        guard let line = excerpt(line: mark.line) else { return nil }
        return line.unicodeScalars.dropFirst(mark.column - 1).first
    }

    private func excerpt(line: Int) -> String? {
        guard lineStarts.indices.contains(line - 1) else { return nil }
        let start = lineStarts[line - 1]
        let end = line < lineStarts.count ? lineStarts[line] : bytes.count
        var text = String(decoding: bytes[start..<end], as: UTF8.self)
        while let last = text.unicodeScalars.last, Self.breaks.contains(last) { text.unicodeScalars.removeLast() }
        return text
    }

    /// What libyaml counts as an end of line: YAML 1.1 §4.2, three more than YAML 1.2.
    private static let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

    private static func lineStarts(of bytes: [UInt8]) -> [Int] {
        var starts = [0]
        var index = 0
        while index < bytes.count {
            let length = breakLength(bytes, at: index)
            index += max(1, length)
            if length > 0 { starts.append(index) }
        }
        return starts
    }

    /// The bytes of the line end at `index`; 0 when there is none.
    private static func breakLength(_ bytes: [UInt8], at index: Int) -> Int {
        func byte(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }
        switch bytes[index] {
        case 0x0A: return 1
        case 0x0D: return byte(1) == 0x0A ? 2 : 1
        case 0xC2: return byte(1) == 0x85 ? 2 : 0
        case 0xE2: return byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9) ? 3 : 0
        default: return 0
        }
    }
}
