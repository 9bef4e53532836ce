import Format
import Posix
public import Reporting

/// The units of what is installed again after a recovery.
public enum RecoveredUnits {
    /// Has systemd read the units that are back, and starts those that are enabled, without waiting for them: at boot they wait for the
    /// recovery, which is running.
    ///
    /// - Throws: ``FormatError`` for a receipt that is not understood, ``FileError``. What systemd refuses is said, and is no error.
    public static func start(
        at target: TargetRoot, _ machine: any Machine, _ progress: any ProgressReceiver
    ) throws {
        guard target.isRunning, try Files.exists("/run/systemd/system") else { return }
        let steps = StepRunner(machine, progress: progress, isCancelled: { false })
        steps.reload()
        for unit in try InstalledBundles.receipts(root: target.path).flatMap(\.units) {
            _ = Result { () throws(ApplyError) in
                guard try steps.isEnabled(unit) else { return }
                try steps.systemctl(["start", "--no-block", unit], step: "starting \(unit)", timeLimit: 60)
            }
        }
    }
}
