import Format
import Reporting
import Values

extension StepRunner {
    /// Ends what the platform has started besides its units. What fails is said and is no obstacle: the files can go all the same.
    func tearDown(_ operation: [Operation]) {
        for item in operation {
            guard case .teardown(let run, let timeout) = item.duty else { continue }
            let words = run.joined(separator: " ")
            say("running \(words)")
            do throws(ApplyError) { try program(run, step: words, timeLimit: timeout) } catch { warn(error) }
        }
    }

    /// Has systemd forget units that are gone.
    func reload() {
        do throws(ApplyError) {
            try systemctl(["daemon-reload"], step: "reloading systemd", timeLimit: 120)
        } catch { warn(error) }
    }

    private func warn(_ error: ApplyError) {
        var diagnostic = error.diagnostic
        diagnostic.severity = .warning
        progress.say(diagnostic)
    }
}
