/// Rows of text with aligned columns.
enum TextTable {
    /// Two spaces between columns, none at the end of a line.
    static func of(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in line(row, widths) }.joined(separator: "\n")
    }

    private static func line(_ row: [String], _ widths: [Int]) -> String {
        var text = ""
        for (cell, width) in zip(row, widths) { text += cell + String(repeating: " ", count: width - cell.count + 2) }
        while text.last == " " { text.removeLast() }
        return text
    }
}
