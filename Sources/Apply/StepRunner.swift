import Format
import Posix
import Reporting
import Values

/// Does the steps of a role on the running machine, and remembers how to take each back.
final class StepRunner {
    private let machine: any Machine
    private let progress: any ProgressReceiver
    private let isCancelled: @Sendable () -> Bool
    /// How to take back what was done, the last first; each with words for when that fails.
    private var takings: [(words: String, take: () throws(ApplyError) -> Void)] = []
    /// Units that ran before and were stopped for the change.
    private var stopped: [String] = []
    /// Units that were enabled before and are to go.
    private var disabled: [String] = []
    private var hasReloaded = false
    private var isTakingBack = false

    init(_ machine: any Machine, progress: any ProgressReceiver, isCancelled: @escaping @Sendable () -> Bool) {
        self.machine = machine
        self.progress = progress
        self.isCancelled = isCancelled
    }

    /// Stops the units that are active, so that nothing runs while files change under it.
    func stop(_ units: [String]) throws(ApplyError) {
        for unit in units {
            guard try state(of: unit).isRunning else { continue }
            say("stopping \(unit)")
            stopped.append(unit)
            try systemctl(["stop", unit], step: "stopping \(unit)", timeLimit: 600)
        }
    }

    /// Stops and disables units that are to go.
    func retire(_ units: [String]) throws(ApplyError) {
        try stop(units)
        for unit in units {
            guard try isEnabled(unit) else { continue }
            disabled.append(unit)
            try systemctl(["disable", unit], step: "disabling \(unit)", timeLimit: 120)
        }
    }

    /// Does `steps` in order.
    func run(_ steps: [Step]) throws(ApplyError) {
        for step in steps {
            guard !isCancelled() else { throw .cancelled }
            try run(step.action)
        }
    }

    /// Takes back what was done: units stopped and disabled, commands undone, parameters set as before.
    func takeBack() -> [String] {
        isTakingBack = true
        var failed: [String] = []
        for (words, take) in takings.reversed() {
            do throws(ApplyError) { try take() } catch { failed.append("\(words): \(error.diagnostic.message)") }
        }
        takings = []
        return failed
    }

    /// Enables and starts again what was before. Called when the files are as they were.
    func restart() -> [String] {
        var failed: [String] = []
        do throws(ApplyError) {
            if hasReloaded || !disabled.isEmpty || !stopped.isEmpty {
                try systemctl(["daemon-reload"], step: "reloading systemd", timeLimit: 120)
            }
            for unit in disabled { try systemctl(["enable", unit], step: "enabling \(unit) again", timeLimit: 120) }
            for unit in stopped { try systemctl(["start", unit], step: "starting \(unit) again", timeLimit: 600) }
        } catch {
            failed.append(error.diagnostic.message)
        }
        return failed
    }
}

extension StepRunner {
    private func run(_ action: Step.Action) throws(ApplyError) {
        switch action {
        case .module(let name):
            try program(["modprobe", name], step: "loading the kernel module \(name)", timeLimit: 60)
        case .sysctl(let key, let value): try set(key, to: value)
        case .label(let path):
            guard machine.hasSELinux else { return }
            try program(["restorecon", "-R", path], step: "labelling \(path)", timeLimit: 600)
        case .unit(let name, let enable, let start, let timeout):
            try bringUp(name, enable: enable, start: start, timeout: timeout)
        case .command(let run, let undo, let timeout):
            let words = run.joined(separator: " ")
            say("running \(words)")
            if !undo.isEmpty {
                takings.append(
                    (
                        "\(words)",
                        { [self] () throws(ApplyError) in
                            try program(undo, step: "undoing \(words)", timeLimit: timeout)
                        }
                    ))
            }
            try program(run, step: words, timeLimit: timeout)
        case .wait(let run, let timeout): try wait(run, timeout: timeout)
        }
    }

    private func set(_ key: String, to value: String) throws(ApplyError) {
        let before = try parameter("reading \(key)") { () throws(FileError) in try machine.parameter(key) }
        guard before != value else { return }
        takings.append(
            (
                key,
                { [self] () throws(ApplyError) in
                    try parameter("setting \(key) back") { () throws(FileError) in
                        try machine.setParameter(key, to: before)
                    }
                }
            ))
        try parameter("setting \(key)") { () throws(FileError) in try machine.setParameter(key, to: value) }
    }

    private func bringUp(_ name: String, enable: Bool, start: Bool, timeout: Int) throws(ApplyError) {
        if !hasReloaded {
            hasReloaded = true
            try systemctl(["daemon-reload"], step: "reloading systemd", timeLimit: 120)
        }
        if enable, try !isEnabled(name) {
            takings.append(
                (
                    "disabling \(name)",
                    { [self] () throws(ApplyError) in
                        try systemctl(["disable", name], step: "disabling \(name)", timeLimit: 120)
                    }
                ))
            try systemctl(["enable", name], step: "enabling \(name)", timeLimit: 120)
        }
        guard start else { return }
        let before = try state(of: name)
        guard !before.isActive else { return }
        takings.append(
            (
                "stopping \(name)",
                { [self] () throws(ApplyError) in
                    try systemctl(["stop", name], step: "stopping \(name)", timeLimit: 600)
                    // Else systemd remembers the failures, and refuses the next try for a while. Fails where there were none.
                    _ = try outcome(of: ["systemctl", "reset-failed", name], step: "forgetting \(name)", timeLimit: 60)
                }
            ))
        say("starting \(name), which may take up to \(clockText(seconds: timeout))")
        try systemctl(["start", "--no-block", name], step: "starting \(name)", timeLimit: 120)
        try waitUntilActive(name, restartsBefore: before.restarts, timeout: timeout)
    }

    /// After so many restarts by systemd in one start nobody need wait for the rest of the time.
    private static let patience = 5

    private func waitUntilActive(_ name: String, restartsBefore: Int, timeout: Int) throws(ApplyError) {
        let step = "starting \(name)"
        let deadline = machine.nanoseconds + UInt64(timeout) * 1_000_000_000
        var activeAt: Int?
        while true {
            let now = try state(of: name)
            // A unit of type simple is active as soon as it is forked: it shall still be the same one a second later.
            if now.isActive, activeAt == now.restarts { return }
            activeAt = now.isActive ? now.restarts : nil
            guard !now.hasFailed else { throw failed(step, "it ended with \(now.result)", unit: name) }
            guard now.restarts - restartsBefore < Self.patience else {
                throw failed(step, "it was restarted \(now.restarts - restartsBefore) times", unit: name)
            }
            guard machine.nanoseconds < deadline else {
                throw failed(step, "it is still \(now.active) after \(clockText(seconds: timeout))", unit: name)
            }
            guard !isCancelled() else { throw .cancelled }
            machine.pause(milliseconds: now.isActive ? 1_000 : 500)
        }
    }

    private func wait(_ run: [String], timeout: Int) throws(ApplyError) {
        let words = run.joined(separator: " ")
        say("waiting for \(words), at most \(clockText(seconds: timeout))")
        let deadline = machine.nanoseconds + UInt64(timeout) * 1_000_000_000
        while true {
            let outcome = try outcome(of: run, step: words, timeLimit: timeout)
            if outcome.isSuccess { return }
            guard machine.nanoseconds < deadline else {
                throw stepFailed("waiting for \(words)", "not done after \(clockText(seconds: timeout))", outcome)
            }
            guard !isCancelled() else { throw .cancelled }
            machine.pause(milliseconds: 1_000)
        }
    }
}

extension StepRunner {
    /// What systemd says of a unit (systemctl(1), show).
    private struct UnitState {
        var active = "unknown"
        var result = "unknown"
        var restarts = 0

        var isActive: Bool { active == "active" }
        var hasFailed: Bool { active == "failed" }
        /// Also while it comes up or reloads.
        var isRunning: Bool { active == "active" || active == "activating" || active == "reloading" }
    }

    private func state(of unit: String) throws(ApplyError) -> UnitState {
        let command = ["systemctl", "show", "--property=ActiveState,Result,NRestarts", unit]
        let outcome = try outcome(of: command, step: "asking systemd about \(unit)", timeLimit: 60)
        var state = UnitState()
        for line in outcome.outputText.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "ActiveState": state.active = String(parts[1])
            case "Result": state.result = String(parts[1])
            case "NRestarts": state.restarts = Int(parts[1]) ?? 0
            default: break
            }
        }
        return state
    }

    private func isEnabled(_ unit: String) throws(ApplyError) -> Bool {
        try outcome(
            of: ["systemctl", "is-enabled", "--quiet", unit], step: "asking systemd about \(unit)", timeLimit: 60
        )
        .isSuccess
    }

    private func systemctl(_ arguments: [String], step: String, timeLimit: Int) throws(ApplyError) {
        try program(["systemctl"] + arguments, step: step, timeLimit: timeLimit)
    }

    private func program(_ arguments: [String], step: String, timeLimit: Int) throws(ApplyError) {
        let outcome = try outcome(of: arguments, step: step, timeLimit: timeLimit)
        guard outcome.isSuccess else {
            // Ctrl-C reaches what runs in the foreground too.
            guard !isCancelled() || isTakingBack else { throw .cancelled }
            throw stepFailed(step, "\(arguments[0]) ended with status \(outcome.status)", outcome)
        }
    }

    private func outcome(of arguments: [String], step: String, timeLimit: Int) throws(ApplyError) -> Subprocess.Outcome
    {
        do throws(FileError) { return try machine.run(arguments, timeLimit: timeLimit) } catch {
            throw .stepFailed(step: step, reason: error.diagnostic.message, output: [])
        }
    }

    private func parameter<Value>(
        _ step: String, _ body: () throws(FileError) -> Value
    ) throws(ApplyError) -> Value {
        do throws(FileError) { return try body() } catch {
            throw .stepFailed(step: step, reason: error.diagnostic.message, output: [])
        }
    }

    private func stepFailed(_ step: String, _ reason: String, _ outcome: Subprocess.Outcome) -> ApplyError {
        .stepFailed(step: step, reason: reason, output: lastLines(outcome.errorText + outcome.outputText))
    }

    /// A unit's failure, with the last lines that it wrote itself; what systemd says about it where it wrote none.
    private func failed(_ step: String, _ reason: String, unit: String) -> ApplyError {
        let own = journal(["_SYSTEMD_UNIT=\(unit)"])
        return .stepFailed(
            step: step, reason: reason, output: lastLines(own.isEmpty ? journal(["--unit", unit]) : own))
    }

    private func journal(_ match: [String]) -> String {
        let asked = Result { () throws(FileError) in
            try machine.run(
                ["journalctl", "--no-pager", "--quiet", "--output=cat", "--lines=8"] + match, timeLimit: 30)
        }
        return if case .success(let outcome) = asked, outcome.isSuccess { outcome.outputText } else { "" }
    }

    private func lastLines(_ text: String) -> [String] {
        text.split(separator: "\n").suffix(8).map { String($0.prefix(400)) }
    }

    private func say(_ words: String) { progress.say(Diagnostic(words, severity: .note, exitCode: .done)) }
}
