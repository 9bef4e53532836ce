/// Rows of text with aligned columns, for people.
public enum TextTable {
    /// Lines with two spaces between columns and none at the end; what a terminal may act on is escaped.
    public static func lines(_ rows: [[String]], indent: Int = 0) -> [String] {
        let shown = rows.map { $0.map { onOneLine($0) } }
        let columns = shown.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            shown.map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        return shown.map { String(repeating: " ", count: indent) + line($0, widths) }
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var text = ""
        for (cell, width) in zip(row, widths) {
            text += cell + String(repeating: " ", count: width - cell.displayWidth + 2)
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
