import Apply
import Arguments
import JSON
import Posix
import Reporting
import Transaction
import Values

/// Brings a target on which a run was cut off to exactly the old or exactly the new files.
enum RecoverCommand {
    static let command = InstallerCommand(
        Command(
            "recover", "undo or finish a run that was cut off",
            options: BundleOptions.everyVerb + [
                .flag(
                    "automatic",
                    "as at boot: give up after \(Transaction.automaticAttempts) attempts that did not come to their end"
                )
            ])
    ) { invocation, console in
        let target = try BundleOptions.target(invocation)
        let lock = try TargetLock(root: target.path)
        let found = try recover(
            target, console, attempts: invocation.flag("automatic") ? Transaction.automaticAttempts : nil)
        withExtendedLifetime(lock) {}
        try console.result(["recovered": .string(word(for: found))], text: sentence(for: found))
    }

    /// Recovers, and says so when there was something to do.
    @discardableResult
    static func recover(
        _ target: TargetRoot, _ console: Console, attempts: Int? = nil
    ) throws -> Transaction.Recovery {
        let found = try Transaction.recover(
            root: target.path, state: TargetRoot.state, attempts: attempts, effects: SystemFileEffects())
        if case .undone = found { try RecoveredUnits.start(at: target, HostMachine(), console.progress) }
        if found != .nothingToDo { console.say(Diagnostic(sentence(for: found), severity: .note, exitCode: .done)) }
        return found
    }

    private static func word(for found: Transaction.Recovery) -> String {
        switch found {
        case .nothingToDo: "nothing"
        case .undone: "undone"
        case .cleared: "cleared"
        }
    }

    private static func sentence(for found: Transaction.Recovery) -> String {
        switch found {
        case .nothingToDo: return "no run was cut off here, there is nothing to recover"
        case .undone(let kept):
            let folders = kept.map { "/" + $0.text }.joined(separator: ", ")
            return "an earlier run was cut off and is undone: the files are as they were before it"
                + (kept.isEmpty ? "" : "; these folders are not empty and stay: \(folders)")
        case .cleared:
            return "an earlier run was cut off after its work was done; what it had kept of the old is cleared away"
        }
    }
}
