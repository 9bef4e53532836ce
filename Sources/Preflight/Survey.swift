public import JSON
public import Reporting
import Values

/// All findings of one look at a machine.
public struct Survey: Hashable, Sendable {
    /// In the order of the rules.
    public internal(set) var findings: [Finding]
    /// What becomes of each mount that something is laid on.
    public internal(set) var forecast: [Forecast] = []

    /// Whether nothing forbids an installation.
    public var isPassed: Bool { !findings.contains { $0.verdict == .fail } }

    /// Findings with this verdict.
    public func with(_ verdict: Finding.Verdict) -> [Finding] { findings.filter { $0.verdict == verdict } }

    /// A table, what is graver nearer to the end; what is broken has its reason and what to do.
    ///
    /// - Parameter isVerbose: Whether rules that hold, or are left out, have lines; otherwise they are counted only.
    public func text(isVerbose: Bool) -> String {
        let order: [Finding.Verdict] =
            isVerbose ? [.pass, .skipped, .unknown, .warn, .fail] : [.unknown, .warn, .fail]
        let shown = order.flatMap(with)
        let table = TextTable.lines(shown.map { [word($0.verdict), $0.id, $0.measured, $0.limit] })
        var lines: [String] = []
        for (finding, row) in zip(shown, table) {
            lines.append(row)
            // What is not known has its lines when there is something to type.
            let isOdd = finding.verdict == .fail || finding.verdict == .warn
            guard isOdd || finding.verdict == .unknown && finding.command != nil else { continue }
            var remarks = [["why", finding.reason]]
            if let fix = finding.fix { remarks.append(["fix", fix]) }
            if let command = finding.command { remarks.append(["type", command]) }
            if finding.isIgnored { remarks.append(["note", "ignored as asked"]) }
            lines += TextTable.lines(remarks, indent: 6)
        }
        return (lines + [summary]).map { $0 + "\n" }.joined()
    }

    /// `12 hold, 1 warns, 2 fail`.
    public var summary: String {
        let words: [(Finding.Verdict, String)] = [
            (.pass, "hold"), (.warn, "warn"), (.fail, "fail"), (.unknown, "unknown"), (.skipped, "left out"),
        ]
        return words.compactMap { with($0.0).isEmpty ? nil : "\(with($0.0).count) \($0.1)" }.joined(separator: ", ")
    }

    private func word(_ verdict: Finding.Verdict) -> String {
        switch verdict {
        case .pass: "ok"
        case .warn: "WARN"
        case .fail: "FAIL"
        case .unknown: "?"
        case .skipped: "-"
        }
    }

    /// For a program: `passed`, all `findings`, and the `forecast` of each mount in bytes.
    public var json: JSONValue {
        [
            "passed": .bool(isPassed), "findings": .array(findings.map(\.json)),
            "forecast": .array(forecast.map(\.json)),
        ]
    }

    /// The refusal when something fails.
    public var refusal: Diagnostic {
        let failed = with(.fail)
        return Diagnostic(
            "this machine does not meet \(failed.count == 1 ? "a requirement" : "\(failed.count) requirements") of the bundle",
            details: failed.map { .init($0.id, "\($0.measured), wanted: \($0.limit)") },
            next: "mend what is named above, then run again; --ignore RULE installs all the same",
            exitCode: .requirements)
    }
}
