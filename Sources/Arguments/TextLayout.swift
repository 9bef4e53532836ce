/// Lines of text wrapped to a width, in paragraphs and in two columns.
struct TextLayout {
    private(set) var text = ""
    let width: Int

    /// The widest first column; what is longer has its second column on the next line.
    private static let widestTerm = 28

    init(width: Int) { self.width = width }

    mutating func line(_ line: String = "") { text += line + "\n" }

    mutating func heading(_ heading: String) {
        line()
        line(heading + ":")
    }

    /// `words` wrapped, each line behind `indent` spaces.
    mutating func paragraph(_ words: String, indent: Int = 0, first: Int? = nil) {
        paragraph(parts: words.split(separator: " ").map { String($0) }, indent: indent, first: first)
    }

    /// `parts` with spaces between them, wrapped there and nowhere else.
    mutating func paragraph(parts: [String], indent: Int = 0, first: Int? = nil) {
        let lines = Self.wrapped(parts, width: width - indent)
        for (number, content) in lines.enumerated() {
            line(String(repeating: " ", count: number == 0 ? first ?? indent : indent) + content)
        }
    }

    /// Terms with what they mean beside them.
    mutating func table(_ rows: [(term: String, meaning: String)]) {
        let widths = rows.map(\.term.count)
        let column = 2 + min(widths.max() ?? 0, Self.widestTerm) + 2
        for (term, meaning) in rows {
            let lines = Self.wrapped(meaning.split(separator: " ").map { String($0) }, width: max(20, width - column))
            let fits = 2 + term.count + 2 <= column
            if !fits { line("  " + term) }
            for (number, content) in lines.enumerated() {
                let left = number == 0 && fits ? "  " + term : ""
                line(left + String(repeating: " ", count: column - left.count) + content)
            }
        }
    }

    private static func wrapped(_ parts: [String], width: Int) -> [String] {
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, last.count + 1 + part.count <= width {
                lines[lines.count - 1] += " " + part
            } else {
                lines.append(part)
            }
        }
        return lines
    }
}
