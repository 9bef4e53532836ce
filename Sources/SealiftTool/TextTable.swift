import Reporting

extension TextTable {
    /// The lines as one text.
    static func of(_ rows: [[String]]) -> String { lines(rows).joined(separator: "\n") }
}
