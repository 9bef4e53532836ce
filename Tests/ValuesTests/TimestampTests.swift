import Testing
import Values

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (86_399, "1970-01-01T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
        (1_709_251_199, "2024-02-29T23:59:59Z"),
        (2_147_483_647, "2038-01-19T03:14:07Z"), (2_147_483_648, "2038-01-19T03:14:08Z"),
        (4_294_967_295, "2106-02-07T06:28:15Z"), (4_294_967_296, "2106-02-07T06:28:16Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
        (-62_167_219_200, "0000-01-01T00:00:00Z"), (-62_135_596_800, "0001-01-01T00:00:00Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"),
    ])
    func `a moment prints as it is read`(seconds: Int, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
        #expect(Timestamp(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-20", "2026-11-20T08:30:00", "2026-11-20T08:30:00z", "2026-11-20t08:30:00Z",
        "2026-11-20 08:30:00Z",
        "2026-11-20T08:30:00+00:00", "2026-11-20T08:30:00.0Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T08:60:00Z", "2016-12-31T23:59:60Z",
        "2026/11/20T08:30:00Z",
        "+026-11-20T08:30:00Z", "-001-11-20T08:30:00Z", "10000-01-01T00:00:00Z", " 026-11-20T08:30:00Z",
        "２026-11-20T08:30Z",
    ])
    func `refuses what is no date or has another spelling`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `every day of four centuries follows the one before`() {
        var days: [String: Int] = [:]
        var leapDays = 0
        for day in 0..<146_097 where day % 7 == 0 || day % 365 < 2 {
            let text = Timestamp(seconds: day * 86_400).description
            days[text, default: 0] += 1
            if text.contains("-02-29T") { leapDays += 1 }
            #expect(Timestamp(text)?.seconds == day * 86_400)
        }
        #expect(days.values.allSatisfy { $0 == 1 })
        #expect(leapDays > 0)
    }

    @Test func `the order is that of time`() {
        #expect(Timestamp(seconds: -1) < Timestamp(seconds: 0))
        #expect(Timestamp(seconds: 2_147_483_647) < Timestamp(seconds: 2_147_483_648))
    }
}
