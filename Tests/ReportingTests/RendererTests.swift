import Reporting
import Testing

@Suite struct RendererTests {
    /// 412 MiB of 1.1 GiB after four seconds.
    private func sample(item: String? = nil) -> ProgressMeter {
        let total = 1_181_116_006
        var meter = ProgressMeter(Progress(.download, done: 0, total: total, item: item), at: at(0))
        meter.update(Progress(.download, done: 412 << 20, total: total), at: at(4))
        return meter
    }

    private let unicode = TerminalProgressRenderer(usesUnicode: true)
    private let ascii = TerminalProgressRenderer(usesUnicode: false)

    @Test(arguments: [
        (80, "download  ████░░░░░░░░  412.0 MiB / 1.0 GiB  103.0 MiB/s  0:07 left"),
        (64, "download  ████░░░░░░░░  412.0 MiB / 1.0 GiB  0:07 left"),
        (50, "download  412.0 MiB / 1.0 GiB  0:07 left"),
        (30, "download  412.0 MiB / 1.0 GiB"), (20, "download  36 %"), (8, "download"), (5, "down…"), (0, ""),
    ])
    func `the line fits the width and keeps what matters most`(width: Int, text: String) {
        #expect(unicode.line(for: sample(), width: width) == text)
    }

    @Test func `an item is shown where there is room and cannot move the cursor`() {
        let meter = sample(item: "名前/\u{1B}[2Jlayer.tar")
        #expect(
            ascii.line(for: meter, width: 99)
                == #"download  ####--------  412.0 MiB / 1.0 GiB  103.0 MiB/s  0:07 left  名前/\u{1b}[2Jlayer.tar"#)
        #expect(
            ascii.line(for: meter, width: 81)
                == #"download  ####--------  412.0 MiB / 1.0 GiB  103.0 MiB/s  0:07 left  名前/\u{1..."#)
    }

    @Test func `an unknown total has no bar, an ended phase says how long it took`() {
        var meter = ProgressMeter(Progress(.resolve, done: 0, total: nil, item: "nginx:1"), at: at(0))
        #expect(unicode.line(for: meter, width: 80) == "resolve   nginx:1")
        meter.update(Progress(.resolve, done: 2_048, total: nil), at: at(2))
        #expect(unicode.line(for: meter, width: 80) == "resolve   2.0 KiB  1.0 KiB/s  nginx:1")
        meter.update(Progress(.resolve, done: 2_048, total: 2_048), at: at(2))
        #expect(unicode.line(for: meter, width: 80) == "resolve   done  2.0 KiB in 0:02  1.0 KiB/s")
    }

    @Test(arguments: [
        (["LANG": "de_DE.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "C"], false), ([:], false),
        (["LC_ALL": "C", "LANG": "C.UTF-8"], false), (["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"], true),
    ])
    func knowsTheLocale(environment: [String: String], isUnicode: Bool) {
        #expect(TerminalProgressRenderer.isUnicode(environment: environment) == isUnicode)
    }

    @Test func `plain lines come at the start, each tenth, after half a minute and at the end`() {
        var plain = PlainProgressRenderer()
        var meter = ProgressMeter(Progress(.verify, done: 0, total: 10_240), at: at(0))
        var lines = [plain.line(for: meter, at: at(0))]
        for (seconds, done) in [
            (1.0, 1_000), (2, 1_024), (3, 2_000), (4, 4_096), (33, 4_200), (34.5, 4_300), (40, 10_240), (41, 10_240),
        ] {
            meter.update(Progress(.verify, done: done, total: 10_240), at: at(seconds))
            lines.append(plain.line(for: meter, at: at(seconds)))
        }
        #expect(
            lines == [
                "verify: 0 B of 10.0 KiB", nil, "verify: 10 %, 1.0 KiB of 10.0 KiB, 512 B/s, 0:18 left", nil,
                "verify: 40 %, 4.0 KiB of 10.0 KiB, 1.0 KiB/s, 0:06 left", nil,
                "verify: 41 %, 4.1 KiB of 10.0 KiB, 6 B/s, 16:30 left", "verify: done, 10.0 KiB in 0:40, 256 B/s", nil,
            ])
    }
}
