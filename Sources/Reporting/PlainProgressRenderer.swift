/// Tells of one phase in plain lines, for logs and pipes: one at its start, one about every tenth, one at its end.
///
///     download: 1.1 GiB
///     download: 40 %, 451.0 MiB of 1.1 GiB, 96.2 MiB/s, 0:07 left
///     download: done, 1.1 GiB in 0:12, 96.2 MiB/s
public struct PlainProgressRenderer: Hashable, Sendable {
    private var lastTenth: Int?
    private var lastTime: UInt64 = 0
    private var isFinished = false

    /// After this time without a line, in nanoseconds, there is one between the tenths: a slow line is not a dead one.
    private static let patience: UInt64 = 30_000_000_000

    /// Begins a phase, with nothing told.
    public init() {}

    /// The line that is due now; `nil` when there is nothing new to tell. `now` is a monotonic clock in nanoseconds.
    public mutating func line(for meter: ProgressMeter, at now: UInt64) -> String? {
        guard !isFinished else { return nil }
        let tenth = meter.permille.map { $0 / 100 } ?? 0
        if meter.isFinished {
            isFinished = true
            return text(meter, ["done", meter.result, meter.rateText])
        }
        let told = lastTenth
        guard told.map({ tenth > $0 }) ?? true || now >= lastTime + Self.patience else { return nil }
        lastTenth = max(tenth, told ?? 0)
        lastTime = now
        return text(meter, told == nil ? opening(meter) : middle(meter))
    }

    private func opening(_ meter: ProgressMeter) -> [String?] {
        meter.done == 0 && meter.total == nil
            ? [meter.item.map(onOneLine) ?? "begins"] : [meter.amount(separator: " of ")]
    }

    private func middle(_ meter: ProgressMeter) -> [String?] {
        let percent = meter.permille.map { "\($0 / 10) %" }
        let item = meter.total == nil ? meter.item.map(onOneLine) : nil
        return [percent, meter.amount(separator: " of "), meter.rateText, meter.timeLeftText, item]
    }

    private func text(_ meter: ProgressMeter, _ parts: [String?]) -> String {
        meter.phase.rawValue + ": " + parts.compactMap(\.self).joined(separator: ", ")
    }
}
