import Format
import Posix
import Reporting
import Values

extension StepRunner {
    func bringUp(_ name: String, enable: Bool, start: Bool, timeout: Int) throws(ApplyError) {
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
}

extension StepRunner {
    /// What systemd says of a unit (systemctl(1), show).
    struct UnitState {
        var active = "unknown"
        var result = "unknown"
        var restarts = 0

        var isActive: Bool { active == "active" }
        var hasFailed: Bool { active == "failed" }
        /// Also while it comes up or reloads.
        var isRunning: Bool { active == "active" || active == "activating" || active == "reloading" }
    }

    func state(of unit: String) throws(ApplyError) -> UnitState {
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

    func isEnabled(_ unit: String) throws(ApplyError) -> Bool {
        try outcome(
            of: ["systemctl", "is-enabled", "--quiet", unit], step: "asking systemd about \(unit)", timeLimit: 60
        )
        .isSuccess
    }

    func systemctl(_ arguments: [String], step: String, timeLimit: Int) throws(ApplyError) {
        try program(["systemctl"] + arguments, step: step, timeLimit: timeLimit)
    }
}
