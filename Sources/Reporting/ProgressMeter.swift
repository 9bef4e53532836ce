/// How far one phase is, how fast it goes and how long it still takes. Time is passed in, so it is a pure value.
///
/// Reports may come late and out of order from several threads: one that says less than an earlier one is ignored.
public struct ProgressMeter: Hashable, Sendable {
    /// What is being done.
    public let phase: Progress.Phase
    /// Bytes done so far.
    public private(set) var done: Int
    /// Bytes in all; `nil` while unknown.
    public private(set) var total: Int?
    /// The item now at work.
    public private(set) var item: String?

    private let first: Sample
    private var now: UInt64
    /// The recent past, oldest first: when and how many bytes, at least ``spacing`` apart.
    private var samples: [Sample]

    private struct Sample: Hashable, Sendable {
        let time: UInt64
        let done: Int
    }

    /// The time over which the rate is taken, in nanoseconds: long enough to be calm, short enough to follow the stick.
    static let window: UInt64 = 5_000_000_000
    /// The least time between two samples, in nanoseconds; bounds their number.
    private static let spacing: UInt64 = 100_000_000
    /// Before this time, in nanoseconds, a rate would be a guess.
    private static let settling: UInt64 = 500_000_000

    /// Begins with the first report of a phase; `now` is a monotonic clock in nanoseconds.
    public init(_ progress: Progress, at now: UInt64) {
        phase = progress.phase
        done = progress.done
        total = progress.total
        item = progress.item
        self.now = now
        first = Sample(time: now, done: progress.done)
        samples = [first]
    }

    /// Takes a later report of the same phase.
    public mutating func update(_ progress: Progress, at time: UInt64) {
        now = max(now, time)
        guard progress.done >= done else { return }
        done = progress.done
        total = progress.total ?? total
        item = progress.item ?? item
        guard let last = samples.last, now - last.time >= Self.spacing else { return }
        samples.append(Sample(time: now, done: done))
        // The oldest sample kept is the last one that is not younger than the window.
        while samples.count > 2, now - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Whether everything is done.
    public var isFinished: Bool { total.map { done >= $0 } ?? false }

    /// The part done in thousandths, 0 to 1000; `nil` while the total is unknown.
    public var permille: Int? {
        guard let total else { return nil }
        guard total > 0 else { return 1000 }
        let (scaled, overflow) = min(done, total).multipliedReportingOverflow(by: 1000)
        return overflow ? min(done, total) / (total / 1000) : scaled / total
    }

    /// Seconds since the phase began.
    public var elapsed: Int { Int((now - first.time) / 1_000_000_000) }

    /// Bytes a second over the last seconds; of a finished phase, over all its time. `nil` in the first half second.
    public var rate: Int? {
        let oldest = isFinished ? first : samples[0]
        guard now - oldest.time >= Self.settling else { return nil }
        return Int(Double(done - oldest.done) / (Double(now - oldest.time) / 1_000_000_000))
    }

    /// Seconds still to go at this rate, rounded up; `nil` when that cannot be said.
    public var timeLeft: Int? {
        guard let total, let rate, rate > 0, done <= total else { return nil }
        return (total - done + rate - 1) / rate
    }
}
