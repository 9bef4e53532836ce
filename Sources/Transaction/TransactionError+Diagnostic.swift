import Posix
public import Reporting
import Values

extension TransactionError: Diagnosable {
    /// The words for each case. A table.
    public var diagnostic: Diagnostic {
        switch self {
        case .file(let error): return error.diagnostic
        case .conflict(let path, let found):
            return Diagnostic(
                "cannot lay \"\(path)\": \(found.words) stands there",
                next: "move it away, then run again", exitCode: .policy)
        case .changedMeanwhile(let path):
            return Diagnostic(
                "cannot replace \"\(path)\": it was changed while the installation was being prepared",
                next: "find out what writes it, stop that, then run again", exitCode: .restored)
        case .nowhereToStage(let path):
            return Diagnostic(
                "cannot prepare \"\(path)\": every folder of its file system is watched by the platform",
                next: "mount that file system one folder higher, or make the folder part of the file system above it",
                exitCode: .requirements)
        case .incomplete(let path, let expected, let found):
            return Diagnostic(
                "cannot lay \"\(path)\": \(found) of \(expected) were written",
                next: "report this: the payload does not hold what the manifest promises", exitCode: .internalError)
        case .busy(let root):
            return Diagnostic(
                "cannot change \"\(root)\": another run of sealift-install is at work there",
                next: "wait for it to end, then run again", exitCode: .busy)
        case .interrupted(let journal):
            return Diagnostic(
                "cannot begin: an earlier run was cut off", details: [.init("journal", journal.text)],
                next: "run `sealift-install recover`, which puts the machine back as it was before that run",
                exitCode: .recoverNeeded)
        case .tooManyAttempts(let count, let journal):
            return Diagnostic(
                "not recovering again by itself: \(count) attempts did not come to their end",
                details: [.init("journal", journal.text)],
                next: "look at `journalctl -u sealift-recover`, mend what it names, then run `sealift-install recover`",
                exitCode: .recoverNeeded)
        case .unreadableJournal(let path, let reason):
            return Diagnostic(
                "cannot recover from \"\(path)\": \(reason)",
                next: "keep that file and the folders called .sealift-*, which hold the old files, and ask for help",
                exitCode: .recoverNeeded)
        case .notUndone(let error):
            var diagnostic = error.diagnostic
            diagnostic.message = "cannot put the machine back as it was: " + diagnostic.message
            diagnostic.next = [diagnostic.next, "then run `sealift-install recover`"].compactMap(\.self)
                .joined(separator: "; ")
            diagnostic.exitCode = .recoverNeeded
            return diagnostic
        }
    }
}

extension FileInformation.Kind {
    fileprivate var words: String {
        switch self {
        case .file: "a file"
        case .directory: "a folder"
        case .link: "a symbolic link"
        case .other: "a device, pipe or socket"
        }
    }
}
