import Reporting
import Synchronization
import Testing

/// Time and terminal of a test.
private final class Console: Sendable {
    let now = Mutex(at(0))
    let text = Mutex("")

    func progress(_ style: ConsoleProgress.Style) -> ConsoleProgress {
        ConsoleProgress(
            program: "sealift", style: style, clock: { self.now.withLock { $0 } },
            output: { more in self.text.withLock { $0 += more } })
    }

    func set(_ seconds: Double) { now.withLock { $0 = at(seconds) } }

    /// What was written since the last call.
    func written() -> String {
        text.withLock { text in
            defer { text = "" }
            return text.replacing("\r\u{1B}[K", with: "<")
        }
    }
}

@Suite struct ConsoleProgressTests {
    private let terminal = ConsoleProgress.Style.terminal(TerminalProgressRenderer(usesUnicode: false), width: { 81 })

    @Test func `a terminal's line is drawn anew, at most ten times a second`() {
        let console = Console()
        let progress = console.progress(terminal)
        progress.report(Progress(.pack, done: 0, total: 1_024))
        #expect(console.written() == "<pack      ------------  0 B / 1.0 KiB")
        console.set(0.05)
        progress.report(Progress(.pack, done: 10, total: 1_024))
        #expect(console.written() == "")
        console.set(1)
        progress.report(Progress(.pack, done: 512, total: 1_024))
        #expect(console.written() == "<pack      ######------  512 B / 1.0 KiB  512 B/s  0:01 left")
        progress.report(Progress(.pack, done: 1_024, total: 1_024))
        #expect(console.written() == "<pack      done  1.0 KiB in 0:01  1.0 KiB/s\n")
        progress.report(Progress(.pack, done: 900, total: 1_024))
        progress.finish()
        #expect(console.written() == "")
        progress.report(Progress(.pack, done: 0, total: 1_024))
        #expect(console.written() == "<pack      ------------  0 B / 1.0 KiB")
        progress.finish()
        #expect(console.written() == "\n")
    }

    @Test func `a warning stands on its own line and the bar comes back`() {
        let console = Console()
        let progress = console.progress(terminal)
        progress.report(Progress(.verify, done: 0, total: 100))
        _ = console.written()
        progress.say(Diagnostic("careful", severity: .warning, next: "look", exitCode: .done))
        #expect(console.written() == "<sealift: warning: careful\nsealift:   next: look\n")
        progress.report(Progress(.verify, done: 50, total: 100))
        #expect(console.written() == "<verify    ######------  50 B / 100 B")
    }

    @Test func `of two phases the first is shown until it is done`() {
        let console = Console()
        let progress = console.progress(terminal)
        progress.report(Progress(.download, done: 0, total: 100))
        console.set(0.2)
        progress.report(Progress(.pack, done: 0, total: 100))
        progress.report(Progress(.download, done: 100, total: 100))
        progress.report(Progress(.pack, done: 50, total: 100))
        #expect(
            console.written()
                == "<download  ------------  0 B / 100 B<download  ------------  0 B / 100 B"
                + "<download  done  100 B in 0:00\n<pack      ######------  50 B / 100 B")
    }

    @Test func `a log gets plain lines`() {
        let console = Console()
        let progress = console.progress(.plain)
        progress.report(Progress(.apply, done: 0, total: 100))
        progress.report(Progress(.apply, done: 9, total: 100))
        progress.report(Progress(.apply, done: 100, total: 100))
        progress.report(Progress(.apply, done: 100, total: 100))
        progress.finish()
        #expect(console.written() == "sealift: apply: 0 B of 100 B\nsealift: apply: done, 100 B in 0:00\n")
    }

    @Test(
        arguments: [
            (true, ["TERM": "xterm"], true), (true, ["TERM": "dumb"], false), (true, [:], false),
            (false, ["TERM": "xterm"], false),
        ] as [(Bool, [String: String], Bool)])
    func `a bar is drawn only where it can be`(isTerminal: Bool, environment: [String: String], drawn: Bool) {
        switch ConsoleProgress.Style.suited(isTerminal: isTerminal, environment: environment, width: { 80 }) {
        case .terminal: #expect(drawn)
        case .plain: #expect(!drawn)
        }
    }
}
