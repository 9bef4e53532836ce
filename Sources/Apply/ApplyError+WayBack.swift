import Format
import Posix
import Reporting
import Values

extension ApplyError {
    /// The words for what keeps an upgrade from having a way back, and for ways back that are none.
    var wayBack: Diagnostic {
        switch self {
        case .unreadableFloor(let path):
            return Diagnostic(
                "cannot tell which bundles are too old: \(quoted(path.text)) does not say a number",
                next: "look at who has changed it; remove it to forget what was installed before", exitCode: .policy)
        case .unreadableClock(let path):
            return Diagnostic(
                "cannot tell which time has passed here: \(quoted(path.text)) does not say a time",
                next: "look at who has changed it; remove it to go by the machine's clock alone", exitCode: .policy)
        case .unreadableKept(let path, let reason):
            return Diagnostic(
                "cannot read what was kept of the bundle before: \(reason)", details: [.init("in", path.text)],
                next: "install that bundle from its medium with --allow-downgrade", exitCode: .policy)
        case .noRoomForCopy(let path, let needed, let available):
            return Diagnostic(
                "no room for the copy of /\(path.text) that is made before an upgrade",
                details: [.init("needed", needed.formatted), .init("available", available.formatted)],
                next: "free some space on that file system, then run again", exitCode: .requirements)
        case .copyDiffers(let path):
            return Diagnostic(
                "cannot copy \(quoted("/" + path.text)): the copy is not what was read",
                next:
                    "find out what writes there while the platform is stopped, or whether the disk fails; then run again",
                exitCode: .inputOutput)
        case .noPrevious(let name):
            return Diagnostic(
                "there is no bundle to go back to: no upgrade of \(name) has kept one",
                next: "install the bundle you want from its medium, with --allow-downgrade", exitCode: .policy)
        case .noWayBack(let name, let reason):
            return Diagnostic(
                "the platform of \(name) cannot go back in this role: \(reason)", exitCode: .policy)
        case .notKept(let paths, let bundle):
            return Diagnostic(
                "cannot go back to \(bundle.name) \(bundle.version): \(paths.count) of its files were not kept, or are damaged",
                details: paths.prefix(8).map { .init("missing", "/" + $0.text) },
                next: "install that bundle from its medium with --allow-downgrade", exitCode: .policy)
        default: fatalError("says nothing about a way back")
        }
    }
}
