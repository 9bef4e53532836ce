import Reporting
import Testing

/// Seconds as the meter's nanoseconds.
func at(_ seconds: Double) -> UInt64 { 7_000_000_000 + UInt64(seconds * 1_000_000_000) }

@Suite struct ProgressMeterTests {
    @Test func `the rate is that of the last seconds, not of all time`() {
        var meter = ProgressMeter(Progress(.download, done: 0, total: 100_000), at: at(0))
        #expect(meter.rate == nil)
        #expect(meter.timeLeft == nil)
        for step in 1...100 {
            meter.update(Progress(.download, done: step * 10, total: 100_000), at: at(Double(step) / 10))
        }
        #expect(meter.rate == 100)
        #expect(meter.timeLeft == 990)
        for step in 1...100 {
            meter.update(Progress(.download, done: 1_000 + step * 100, total: 100_000), at: at(10 + Double(step) / 10))
        }
        #expect(meter.rate == 1_000)
        #expect(meter.timeLeft == 89)
        #expect(meter.elapsed == 20)
        meter.update(Progress(.download, done: 100_000, total: 100_000), at: at(40))
        #expect(meter.isFinished)
        #expect(meter.rate == 2_500)
        #expect(meter.timeLeft == 0)
    }

    @Test func `late reports change nothing and a resumed phase does not boast`() {
        var meter = ProgressMeter(Progress(.verify, done: 500, total: 1_000, item: "a"), at: at(0))
        meter.update(Progress(.verify, done: 600, total: 1_000, item: "b"), at: at(1))
        meter.update(Progress(.verify, done: 550, total: 1_000, item: "late"), at: at(0.9))
        #expect(meter.done == 600)
        #expect(meter.item == "b")
        #expect(meter.rate == 100)
        #expect(meter.permille == 600)
    }

    @Test func `a standstill shows as one`() {
        var meter = ProgressMeter(Progress(.pack, done: 0, total: 1_000), at: at(0))
        meter.update(Progress(.pack, done: 500, total: 1_000), at: at(1))
        for second in 2...9 { meter.update(Progress(.pack, done: 500, total: 1_000), at: at(Double(second))) }
        #expect(meter.rate == 0)
        #expect(meter.timeLeft == nil)
    }

    @Test(arguments: [
        (0, 0, 1000), (0, 10, 0), (1, 3, 333), (3, 3, 1000), (5, 3, 1000), (.max / 2, .max, 500), (.max, .max, 1000),
    ])
    func countsInThousandths(done: Int, total: Int, permille: Int) {
        #expect(ProgressMeter(Progress(.apply, done: done, total: total), at: 0).permille == permille)
    }

    @Test(arguments: [
        (0, "0:00"), (7, "0:07"), (60, "1:00"), (750, "12:30"), (3_599, "59:59"), (3_723, "1:02:03"),
        (360_000, "100:00:00"),
    ])
    func readsLikeAClock(seconds: Int, text: String) {
        #expect(clockText(seconds: seconds) == text)
    }
}
