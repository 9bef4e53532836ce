extension Diagnostic {
    /// The words for a terminal or a log, one line an element, without line ends:
    ///
    ///     sealift: error: line7.yaml:3:12: unknown platform "k4s"
    ///     sealift:   | platform: {profile: k4s}
    ///     sealift:   |                     ^
    ///     sealift:   in: definition of line7
    ///     sealift:   next: run `sealift profiles` for the known ones
    ///
    /// - Parameter program: The name of the command that speaks.
    public func lines(program: String) -> [String] {
        let place = location.map { onOneLine($0.description) + ": " } ?? ""
        var lines = ["\(severity.rawValue): \(place)\(onOneLine(message))"]
        lines += location?.pointer.map { "  | " + $0 } ?? []
        lines += details.map { "  \(onOneLine($0.label)): \(onOneLine($0.text))" }
        if let next { lines.append("  next: " + onOneLine(next)) }
        return lines.map { "\(program): \($0)" }
    }
}

extension SourceLocation {
    /// The most columns of an excerpt that are shown.
    private static let excerptWidth = 100
    /// How many scalars before the column are shown of an excerpt that is too wide.
    private static let lead = 60

    /// The excerpt and a line with a caret below the column; empty without an excerpt.
    var pointer: [String] {
        guard let excerpt else { return [] }
        // One scalar stays one scalar, so that the column keeps its meaning.
        let scalars = excerpt.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        let position = min(max(column - 1, 0), scalars.count)
        let isWide = scalars.count > Self.excerptWidth
        let start = isWide ? max(0, position - Self.lead) : 0
        let shown = text(scalars[start...]).shortened(to: Self.excerptWidth, ellipsis: "...")
        let cut = start > 0 ? "..." : ""
        let indent = cut.displayWidth + onOneLine(text(scalars[start..<position])).displayWidth
        return [cut + onOneLine(shown), String(repeating: " ", count: indent) + "^"]
    }

    private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
