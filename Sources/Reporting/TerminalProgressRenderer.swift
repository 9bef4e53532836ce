/// Draws one phase as one line for a terminal:
///
///     download  ████████░░░░  412.0 MiB / 1.1 GiB  96.2 MiB/s  0:07 left
public struct TerminalProgressRenderer: Hashable, Sendable {
    /// Whether block characters may be used; otherwise the bar is made of `#` and `-`.
    public let usesUnicode: Bool

    /// - Parameter usesUnicode: See ``isUnicode(environment:)``.
    public init(usesUnicode: Bool) { self.usesUnicode = usesUnicode }

    /// Whether the locale that these variables name is a UTF-8 one (locale(7): `LC_ALL` before `LC_CTYPE` before
    /// `LANG`; empty ones do not count).
    public static func isUnicode(environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        guard let locale = names.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) else {
            return false
        }
        // language_TERRITORY.codeset@modifier
        let codeset = locale.lowercased().split(separator: "@").first ?? ""
        return codeset.hasSuffix("utf-8") || codeset.hasSuffix("utf8")
    }

    /// The line for `meter`, at most `width` columns: what matters least is left out first.
    public func line(for meter: ProgressMeter, width: Int) -> String {
        let name = meter.phase.rawValue.padded(to: Self.nameWidth)
        let layouts = meter.isFinished ? finishedLayouts(meter) : runningLayouts(meter, width: width)
        let lines = layouts.map { ([name] + $0.compactMap(\.self)).joined(separator: "  ") }
        let line = lines.first { $0.displayWidth <= width } ?? name
        return withItem(meter, behind: line, width: width).shortened(to: width, ellipsis: ellipsis)
    }

    /// The longest name of a phase, so that bars stand below one another.
    private static let nameWidth = 8
    /// Fewer columns than this say nothing about an item.
    private static let leastItemWidth = 12

    private var ellipsis: String { usesUnicode ? "…" : "..." }

    private func runningLayouts(_ meter: ProgressMeter, width: Int) -> [[String?]] {
        let amount = meter.done > 0 || meter.total != nil ? meter.amount(separator: " / ") : nil
        let bar = bar(meter, width: width < 100 ? 12 : width < 140 ? 20 : 30)
        let percent = meter.permille.map { "\($0 / 10) %" }
        return [
            [bar, amount, meter.rateText, meter.timeLeftText],
            [bar, amount, meter.timeLeftText],
            [amount, meter.timeLeftText],
            [amount],
            [percent],
        ]
    }

    private func finishedLayouts(_ meter: ProgressMeter) -> [[String?]] {
        [["done", meter.result, meter.rateText], ["done", meter.result], ["done"]]
    }

    private func bar(_ meter: ProgressMeter, width: Int) -> String? {
        guard let permille = meter.permille else { return nil }
        let filled = permille * width / 1000
        return String(repeating: usesUnicode ? "█" : "#", count: filled)
            + String(repeating: usesUnicode ? "░" : "-", count: width - filled)
    }

    private func withItem(_ meter: ProgressMeter, behind line: String, width: Int) -> String {
        let room = width - line.displayWidth - 2
        guard let item = meter.item, !meter.isFinished, room >= Self.leastItemWidth else { return line }
        return line + "  " + onOneLine(item).shortened(to: room, ellipsis: ellipsis)
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - displayWidth)) }
}
