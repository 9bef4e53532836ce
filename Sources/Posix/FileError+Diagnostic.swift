public import Reporting

extension FileError: Diagnosable {
    /// `cannot write to "/srv/x": no space left on device`, exit code 10.
    public var diagnostic: Diagnostic {
        Diagnostic(
            "cannot \(operation) \"\(path)\": \(errno.text)",
            details: detail.map { [.init("because", $0)] } ?? [],
            next: errno.remedy, exitCode: .inputOutput)
    }
}

extension Errno {
    /// What a person can do about it; `nil` where the words of the errno say it all.
    var remedy: String? {
        switch self {
        case .noSpace: "free some space on that file system, then run again"
        case .overQuota: "free some space or have this user's quota raised, then run again"
        case .readOnly: "remount that file system for writing, or choose another folder"
        case .accessDenied, .notPermitted: "run as root, or give this user access to it"
        case .notFound: "check the spelling, and that the medium is mounted"
        case .inputOutput: "the medium or its reader is failing: look at `dmesg`, then try another one"
        case .exists: "move it away, or choose another name"
        case .notDirectory: "a file stands where a folder is needed: move it away"
        case .symbolicLink: "replace the symbolic link by what it points to"
        case .textBusy: "stop the program that runs from this file, then run again"
        case .busy: "find out who uses it with `fuser -vm`, then run again"
        case .tooManyOpen: "raise the number of open files with `ulimit -n`"
        case .tooLarge: "check that it is the right file"
        case .crossDevice: "choose a folder on the same mount"
        default: nil
        }
    }
}
