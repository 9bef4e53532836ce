import Format
import Posix
import Reporting
import Values

/// Snaps are installed from files by snapd, which checks each against its assertions (`snap ack`, `snap install`; snap(8)).
extension StepRunner {
    func install(_ snap: SnapInstallation) throws(ApplyError) {
        try waitForSnapd()
        let before = try revision(of: snap.name)
        guard before != String(snap.revision) else { return }
        if snap.keepsNewer, let number = before.flatMap({ Int($0) }), number > snap.revision {
            return say("\(snap.name) stays at revision \(number), which is newer")
        }
        let step = "installing the snap \(snap.name)"
        say("\(step), which may take up to \(clockText(seconds: snap.timeout))")
        try program(["snap", "ack", snap.assertions], step: "vouching for the snap \(snap.name)", timeLimit: 120)
        takings.append(("the snap \(snap.name)", { [self] () throws(ApplyError) in try takeBack(snap, to: before) }))
        try program(
            ["snap", "install", snap.file] + (snap.classic ? ["--classic"] : []), step: step, timeLimit: snap.timeout)
        try waitUntilInstalled(snap, step)
    }

    /// Keeps snapd from its store, and from refreshing snaps by itself.
    ///
    /// A snapd before 2.61 knows no `store.access`, one before 2.58 no `--hold`: there is no store on the site either way.
    func keepFromStore() throws(ApplyError) {
        try waitForSnapd()
        let access = try setting("store.access")
        if access != "offline" {
            let back = access.map { ["set", "system", "store.access=\($0)"] } ?? ["unset", "system", "store.access"]
            try tryToSet(["set", "system", "store.access=offline"], undo: back, "keeping snapd from its store")
        }
        let hold = try setting("refresh.hold")
        if hold != "forever" {
            let back = hold.map { ["set", "system", "refresh.hold=\($0)"] } ?? ["refresh", "--unhold"]
            try tryToSet(["refresh", "--hold"], undo: back, "holding refreshes of snaps")
        }
    }
}

extension StepRunner {
    /// snapd sets itself up when it is first started, and installs nothing before.
    private func waitForSnapd() throws(ApplyError) {
        guard !isSnapdReady else { return }
        try program(
            ["snap", "wait", "system", "seed.loaded"], step: "waiting for snapd to set itself up", timeLimit: 600)
        isSnapdReady = true
    }

    /// The revision that is installed, in snapd's words (`x1` of a local one); `nil` when there is none.
    private func revision(of name: String) throws(ApplyError) -> String? {
        let step = "asking snapd about \(name)"
        let outcome = try outcome(of: ["snap", "list", name], step: step, timeLimit: 120)
        for line in outcome.outputText.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 3, words[0] == name { return String(words[2]) }
        }
        // Any other failure, such as a snapd that does not answer, does not mean that there is no such snap.
        guard outcome.isSuccess || outcome.errorText.hasPrefix("error: no matching snaps") else {
            throw stepFailed(step, "snap list ended with status \(outcome.status)", outcome)
        }
        return nil
    }

    /// snapd restarts itself when it was installed; its socket may be gone for a moment.
    private func waitUntilInstalled(_ snap: SnapInstallation, _ step: String) throws(ApplyError) {
        let deadline = machine.nanoseconds + 120 * 1_000_000_000
        while true {
            let outcome = try outcome(of: ["snap", "list", snap.name], step: step, timeLimit: 120)
            if outcome.isSuccess, try revision(of: snap.name) == String(snap.revision) { return }
            guard machine.nanoseconds < deadline else {
                throw stepFailed(step, "snapd does not list revision \(snap.revision) afterwards", outcome)
            }
            guard !isCancelled() else { throw .cancelled }
            machine.pause(milliseconds: 1_000)
        }
    }

    /// Removes what this run installed, without leaving a snapshot of its data, or goes back to the revision before.
    private func takeBack(_ snap: SnapInstallation, to before: String?) throws(ApplyError) {
        // Where installing ran into its time limit, snapd is still at it.
        for verb in ["abort", "watch"] {
            _ = try outcome(of: ["snap", verb, "--last=install"], step: "stopping snapd", timeLimit: 600)
        }
        guard let now = try revision(of: snap.name), now != before else { return }
        let command = before.map { ["revert", snap.name, "--revision=\($0)"] } ?? ["remove", "--purge", snap.name]
        try program(["snap"] + command, step: "taking back the snap \(snap.name)", timeLimit: snap.timeout)
    }

    /// A setting of the system; `nil` when it is not set.
    private func setting(_ key: String) throws(ApplyError) -> String? {
        let outcome = try outcome(of: ["snap", "get", "system", key], step: "asking snapd for \(key)", timeLimit: 120)
        let value = String(outcome.outputText.prefix { $0 != "\n" })
        return outcome.isSuccess && !value.isEmpty ? value : nil
    }

    private func tryToSet(_ arguments: [String], undo: [String], _ step: String) throws(ApplyError) {
        let outcome = try outcome(of: ["snap"] + arguments, step: step, timeLimit: 300)
        guard outcome.isSuccess else {
            let words = lastLines(outcome.errorText).last ?? "it ended with status \(outcome.status)"
            return progress.say(
                Diagnostic(
                    "\(step) did not work: \(words)", severity: .warning,
                    next: "with a newer snapd, do it by hand: snap \(arguments.joined(separator: " "))", exitCode: .done
                ))
        }
        takings.append(
            (
                step,
                { [self] () throws(ApplyError) in
                    try program(["snap"] + undo, step: "undoing: \(step)", timeLimit: 300)
                }
            ))
    }
}
