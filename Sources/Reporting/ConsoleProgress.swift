import Synchronization

/// Shows progress and warnings to the person in front of the machine: on a terminal one line that is drawn anew, plain
/// lines otherwise. Workers may report from any thread; a lock keeps what they say apart.
///
/// When phases overlap, the terminal's line shows the one that began first and is not done.
public final class ConsoleProgress: ProgressReceiver {
    /// How it shows.
    public enum Style: Sendable {
        /// One line, drawn anew. `width` is asked at every drawing, because windows change.
        case terminal(TerminalProgressRenderer, width: @Sendable () -> Int)
        /// Lines for logs and pipes.
        case plain

        /// What suits where standard error goes: a terminal that knows more than `TERM=dumb`, or anything else.
        public static func suited(
            isTerminal: Bool, environment: [String: String], width: @escaping @Sendable () -> Int
        ) -> Style {
            guard isTerminal, let kind = environment["TERM"], !kind.isEmpty, kind != "dumb" else { return .plain }
            let usesUnicode = TerminalProgressRenderer.isUnicode(environment: environment)
            return .terminal(TerminalProgressRenderer(usesUnicode: usesUnicode), width: width)
        }
    }

    private struct Track {
        var meter: ProgressMeter
        var plain = PlainProgressRenderer()
    }

    private struct State {
        /// The phases seen, in the order in which they began.
        var tracks: [Track] = []
        var lastDrawing: UInt64?
        /// Whether the cursor stands in a drawn line.
        var isLineOpen = false
    }

    /// The least time between two drawings, in nanoseconds: ten a second are smooth and cost nothing.
    private static let interval: UInt64 = 100_000_000
    /// Back to the line's beginning, and erase it (ECMA-48 EL).
    private static let erase = "\r\u{1B}[K"

    private let program: String
    private let style: Style
    private let clock: @Sendable () -> UInt64
    private let output: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - program: The name of the command that speaks, in front of each line of a log.
    ///   - style: See ``Style/suited(isTerminal:environment:width:)``.
    ///   - clock: A monotonic clock in nanoseconds.
    ///   - output: Writes text to standard error as it is; called by one thread at a time.
    public init(
        program: String, style: Style, clock: @escaping @Sendable () -> UInt64,
        output: @escaping @Sendable (String) -> Void
    ) {
        self.program = program
        self.style = style
        self.clock = clock
        self.output = output
    }

    /// Takes note of a step, and shows it when it is time to.
    public func report(_ progress: Progress) {
        let now = clock()
        state.withLock { state in
            guard let index = take(progress, at: now, in: &state) else { return }
            switch style {
            case .plain:
                guard let line = state.tracks[index].plain.line(for: state.tracks[index].meter, at: now) else { return }
                output("\(program): \(line)\n")
            case .terminal(let renderer, let width):
                draw(state.tracks[index].meter, at: now, with: renderer, width: width() - 1, in: &state)
            }
        }
    }

    /// Says `diagnostic` on lines of its own.
    public func say(_ diagnostic: Diagnostic) {
        let text = diagnostic.lines(program: program).map { $0 + "\n" }.joined()
        state.withLock { state in
            output((state.isLineOpen ? Self.erase : "") + text)
            state.isLineOpen = false
            state.lastDrawing = nil
        }
    }

    /// Ends the line that is being drawn, if any, so that other text can follow.
    public func finish() {
        state.withLock { state in
            if state.isLineOpen { output("\n") }
            state.isLineOpen = false
        }
    }

    /// Updates the meter of the step's phase; its index, or `nil` for a late report of a phase that is done.
    private func take(_ progress: Progress, at now: UInt64, in state: inout State) -> Int? {
        guard let index = state.tracks.firstIndex(where: { $0.meter.phase == progress.phase }) else {
            state.tracks.append(Track(meter: ProgressMeter(progress, at: now)))
            return state.tracks.count - 1
        }
        let meter = state.tracks[index].meter
        guard meter.isFinished else {
            state.tracks[index].meter.update(progress, at: now)
            return index
        }
        // A phase that was done begins once more, for another bundle or volume.
        guard progress.done == 0 || progress.total != meter.total else { return nil }
        state.tracks.remove(at: index)
        state.tracks.append(Track(meter: ProgressMeter(progress, at: now)))
        return state.tracks.count - 1
    }

    private func draw(
        _ reported: ProgressMeter, at now: UInt64, with renderer: TerminalProgressRenderer, width: Int,
        in state: inout State
    ) {
        if reported.isFinished {
            output(Self.erase + renderer.line(for: reported, width: width) + "\n")
            state.isLineOpen = false
            state.lastDrawing = nil
            return
        }
        if let last = state.lastDrawing, now < last + Self.interval { return }
        guard let shown = state.tracks.first(where: { !$0.meter.isFinished })?.meter else { return }
        output(Self.erase + renderer.line(for: shown, width: width))
        state.isLineOpen = true
        state.lastDrawing = now
    }
}
