extension StringProtocol {
    /// The columns this text takes on a terminal: 2 for wide East Asian characters and emoji, 0 for marks that combine
    /// (wcwidth(3), for the ranges that names of files and people use).
    var displayWidth: Int { unicodeScalars.reduce(0) { $0 + Reporting.displayWidth(of: $1) } }

    /// The longest beginning of this text that takes at most `columns`; ends in `ellipsis` when something is left out.
    func shortened(to columns: Int, ellipsis: String) -> String {
        guard displayWidth > columns else { return String(self) }
        var room = columns - ellipsis.displayWidth
        guard room >= 0 else { return "" }
        var kept = ""
        for scalar in unicodeScalars {
            room -= Reporting.displayWidth(of: scalar)
            guard room >= 0 else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept + ellipsis
    }
}

private func displayWidth(of scalar: Unicode.Scalar) -> Int {
    if scalar.isASCII { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }
}

/// The blocks of UAX #11 with the property Wide or Fullwidth, coarsely.
private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
]
