import Format
import Posix
import Reporting
import Values

/// Does the steps of a role on the running machine, and remembers how to take each back.
final class StepRunner {
    let machine: any Machine
    let progress: any ProgressReceiver
    let isCancelled: @Sendable () -> Bool
    /// How to take back what was done, the last first; each with words for when that fails.
    var takings: [(words: String, take: () throws(ApplyError) -> Void)] = []
    /// Units that ran before and were stopped for the change.
    var stopped: [String] = []
    /// Units that were enabled before and are to go.
    var disabled: [String] = []
    var hasReloaded = false
    /// Whether snapd was waited for, which after its own installation sets itself up.
    var isSnapdReady = false
    var isTakingBack = false

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

    /// Stops and disables units that are to go; the links of those in `linked` go with the files.
    func retire(_ units: [String], linked: Set<String>) throws(ApplyError) {
        try stop(units)
        for unit in units where !linked.contains(unit) {
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
        case .snap(let snap): try install(snap)
        case .snapOffline: try keepFromStore()
        case .command(let run, let undo, let timeout), .prepare(let run, let undo, let timeout):
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
    func program(_ arguments: [String], step: String, timeLimit: Int) throws(ApplyError) {
        let outcome = try outcome(of: arguments, step: step, timeLimit: timeLimit)
        guard outcome.isSuccess else {
            // Ctrl-C reaches what runs in the foreground too.
            guard !isCancelled() || isTakingBack else { throw .cancelled }
            throw stepFailed(step, "\(arguments[0]) ended with status \(outcome.status)", outcome)
        }
    }

    func outcome(of arguments: [String], step: String, timeLimit: Int) throws(ApplyError) -> Subprocess.Outcome {
        do throws(FileError) { return try machine.run(arguments, timeLimit: timeLimit) } catch {
            throw .stepFailed(step: step, reason: error.diagnostic.message, output: [])
        }
    }

    func parameter<Value>(
        _ step: String, _ body: () throws(FileError) -> Value
    ) throws(ApplyError) -> Value {
        do throws(FileError) { return try body() } catch {
            throw .stepFailed(step: step, reason: error.diagnostic.message, output: [])
        }
    }

    func stepFailed(_ step: String, _ reason: String, _ outcome: Subprocess.Outcome) -> ApplyError {
        .stepFailed(step: step, reason: reason, output: lastLines(outcome.errorText + outcome.outputText))
    }

    /// A unit's failure, with the last lines that it wrote itself; what systemd says about it where it wrote none.
    func failed(_ step: String, _ reason: String, unit: String) -> ApplyError {
        let own = journal(["_SYSTEMD_UNIT=\(unit)"])
        return .stepFailed(
            step: step, reason: reason, output: lastLines(own.isEmpty ? journal(["--unit", unit]) : own))
    }

    func journal(_ match: [String]) -> String {
        let asked = Result { () throws(FileError) in
            try machine.run(
                ["journalctl", "--no-pager", "--quiet", "--output=cat", "--lines=8"] + match, timeLimit: 30)
        }
        return if case .success(let outcome) = asked, outcome.isSuccess { outcome.outputText } else { "" }
    }

    func lastLines(_ text: String) -> [String] {
        text.split(separator: "\n").suffix(8).map { String($0.prefix(400)) }
    }

    func say(_ words: String) { progress.say(Diagnostic(words, severity: .note, exitCode: .done)) }
}
