public import JSON
public import Reporting
import Values

/// All findings of one look at a machine.
public struct Survey: Hashable, Sendable {
    /// In the order of the rules.
    public internal(set) var findings: [Finding]

    /// Whether nothing forbids an installation.
    public var isPassed: Bool { !findings.contains { $0.verdict == .fail } }

    /// Findings with this verdict.
    public func with(_ verdict: Finding.Verdict) -> [Finding] { findings.filter { $0.verdict == verdict } }

    /// A table: what holds on one line each, everything else with its reason and what to do.
    public var text: String {
        let rows = findings.map { [word($0.verdict), $0.id, $0.measured, $0.limit] }
        let table = TextTable.lines(rows)
        var lines: [String] = []
        for (finding, row) in zip(findings, table) {
            lines.append(row)
            guard finding.verdict == .fail || finding.verdict == .warn else { continue }
            lines += TextTable.lines([["why", finding.reason]], indent: 6)
            if let fix = finding.fix { lines += TextTable.lines([["fix", fix]], indent: 6) }
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

    /// For a program: `passed` and all `findings`.
    public var json: JSONValue { ["passed": .bool(isPassed), "findings": .array(findings.map(\.json))] }

    /// The refusal when something fails.
    public var refusal: Diagnostic {
        let failed = with(.fail)
        return Diagnostic(
            "this machine does not meet \(failed.count == 1 ? "a requirement" : "\(failed.count) requirements") of the bundle",
            details: failed.map { finding in
                let fix = finding.fix.map { "; fix: \($0)" } ?? ""
                return .init(finding.id, "\(finding.measured), \(finding.limit): \(finding.reason)\(fix)")
            }, next: "mend what is named above, then run again; --ignore RULE installs all the same",
            exitCode: .requirements)
    }
}
