import Format
import Posix
public import Reporting
import Values

extension ApplyError: Diagnosable {
    /// The words for each case. A table.
    public var diagnostic: Diagnostic {
        switch self {
        case .noRole(let available):
            return Diagnostic(
                "the bundle has several roles, and none was chosen", details: available.map(detail),
                next: "give --role with one of them", exitCode: .usage)
        case .unknownRole(let name, let available):
            return Diagnostic(
                "the bundle has no role \(quoted(name))", details: available.map(detail),
                next: nearest(to: name, in: available.map(\.name)).map { "did you mean --role \($0)?" }
                    ?? "give --role with one of them", exitCode: .usage)
        case .missingValues(let variables):
            return Diagnostic(
                "values are missing: " + variables.map(\.name).joined(separator: ", "),
                details: variables.map { .init($0.name, "\($0.ask); \($0.expectation)") },
                next: "give them with --values FILE, one NAME=value a line"
                    + (variables.contains { !$0.type.isSecret } ? ", or with --set NAME=value" : ""), exitCode: .usage)
        case .invalidValue(let name, let source, let value, let expectation):
            let what = value.map { quoted($0) + " is not " } ?? "the value given is not "
            return Diagnostic(
                "cannot use the value of \(name): \(what)\(expectation)", details: [.init("from", source)],
                next: "correct it there, then run again", exitCode: .usage)
        case .unknownValue(let name, let source, let known):
            return Diagnostic(
                "the bundle has no variable \(quoted(name))", details: [.init("from", source)],
                next: nearest(to: name, in: known).map { "did you mean \($0)?" }
                    ?? (known.isEmpty
                        ? "it has none at all: leave it out" : "its variables: \(known.joined(separator: ", "))"),
                exitCode: .usage)
        case .secretOnCommandLine(let name):
            return Diagnostic(
                "\(name) is a secret: a command line can be read by every user of the machine",
                next: "give it with --values FILE, or leave it out and type it when asked", exitCode: .usage)
        case .unreadableLine(let file, let line, _) where file == ValueSource.commandLineName:
            return Diagnostic(
                "cannot read the value that --set number \(line) gives", next: "write --set NAME=value",
                exitCode: .usage)
        case .noSiteFile(let name, let folder):
            return Diagnostic(
                "there is no file \(quoted(name + ".env")) in \(quoted(folder.text))",
                next: "write one with NAME=value lines, or give the values with --values FILE", exitCode: .usage)
        case .unreadableLine(let file, let line, let reason):
            return Diagnostic(
                "cannot read line \(line) of \(quoted(file))" + (reason.map { ": " + $0 } ?? ""),
                next: "write NAME=value; lines that begin with # are skipped",
                exitCode: .usage)
        case .otherSystem, .older, .outsideRoots, .ownedByOther, .belowFloor, .needsBundle, .roleOfAnother,
            .needed:
            return refusal
        case .unreadableFloor, .unreadableClock, .unreadableKept, .noRoomForCopy, .copyDiffers, .noPrevious, .noWayBack,
            .notKept:
            return wayBack
        case .unknownOwner(let owner, let path):
            return Diagnostic(
                "cannot lay \(quoted("/" + path.text)): there is no user and group \(owner) on this machine",
                next: "make them first, or report this: a bundle should bring the users that it needs",
                exitCode: .requirements)
        case .noNumberLeft(let user):
            return Diagnostic(
                "cannot make the user \(quoted(user)): all numbers from 100 to 999 are taken",
                next: "remove system users that nothing needs", exitCode: .requirements)
        case .notRoot:
            return Diagnostic(
                "cannot change this machine: only root can", next: "run it again with sudo, or use --root DIR",
                exitCode: .usage)
        case .stepFailed(let step, let reason, let output):
            return Diagnostic(
                "\(step) failed: \(reason)", details: output.map { .init("it said", $0) },
                next: "look at the lines above and at `journalctl -b`, then run again", exitCode: .restored)
        case .stepsNotUndone(let steps):
            return Diagnostic(
                "the files are as they were, but some of what was started could not be taken back",
                details: steps.map { .init("left", $0) }, next: "take these back by hand, or reboot",
                exitCode: .recoverNeeded)
        case .cancelled:
            return Diagnostic("stopped as asked", next: "run it again when you are ready", exitCode: .restored)
        case .noReceipt(let installed):
            return Diagnostic(
                installed.isEmpty ? "no bundle is installed here" : "more than one bundle is installed here",
                details: installed.map { .init("installed", $0.description) },
                next: installed.isEmpty ? nil : "name one of them with --name", exitCode: .usage)
        }
    }

    private func detail(_ role: Role) -> Diagnostic.Detail { .init(role.name, role.summary) }

    /// The words for what policy forbids.
    private var refusal: Diagnostic {
        switch self {
        case .otherSystem(let system):
            return Diagnostic(
                "the bundle is for \(system.rawValue), this machine runs Linux",
                next: "take it to such a machine and start \(system.installScript) there", exitCode: .policy)
        case .older(let installed, let offered):
            let relation =
                offered.sequence < installed.sequence ? "is older than" : "differs from, and is not newer than,"
            return Diagnostic(
                "the bundle \(relation) what is installed",
                details: [
                    .init("installed", "\(installed.name) \(installed.version), sequence \(installed.sequence)"),
                    .init("offered", "\(offered.name) \(offered.version), sequence \(offered.sequence)"),
                ], next: "to go back on purpose, run again with --allow-downgrade", exitCode: .policy)
        case .outsideRoots(let path):
            return Diagnostic(
                "the bundle wants to lay \(quoted("/" + path.text)), where this installer lays nothing",
                details: [.init("allowed below", TargetRoot.allowed.map { "/" + $0.text }.joined(separator: ", "))],
                next: "do not install this bundle; show this to who built it", exitCode: .policy)
        case .ownedByOther(let path, let bundle, let wanted):
            return Diagnostic(
                "\(wanted) wants to lay \(quoted("/" + path.text)), which belongs to the bundle \(bundle)",
                next: "uninstall \(bundle) first, or leave that file out of one of the two", exitCode: .policy)
        case .belowFloor(let floor, let offered, let file):
            let relation = offered.sequence < floor ? "is older than" : "differs from, and is not newer than,"
            return Diagnostic(
                "the bundle \(relation) what was installed here before",
                details: [
                    .init("lowest taken", "sequence \(floor)"),
                    .init("offered", "\(offered.name) \(offered.version), sequence \(offered.sequence)"),
                ],
                next: "to go back on purpose, run again with --allow-downgrade; "
                    + "if that sequence was a mistake, then also remove \(quoted(file.text))", exitCode: .policy)
        case .needsBundle(let need, let bundle, let found):
            let there = found.map {
                "\($0.bundle.name) \($0.bundle.version) (\($0.target.profile) \($0.target.version), \($0.target.architecture.rawValue))"
            }
            return Diagnostic(
                "\(bundle) is an add-on for \(need.words), which is not installed here",
                details: there.map { [.init("installed", $0)] } ?? [],
                next: found == nil
                    ? "install \(need.bundle) first" : "bring \(need.bundle) to that version, or get another \(bundle)",
                exitCode: .policy)
        case .roleOfAnother(let role, let below):
            return Diagnostic(
                "the role \(role) is not that of \(below.bundle.name), by which this machine is \(below.role)",
                next: "leave --role out, or install an add-on that is for \(below.role)", exitCode: .policy)
        case .needed(let bundle, let others):
            let names = others.map(\.description).joined(separator: ", ")
            return Diagnostic(
                "cannot uninstall \(bundle): \(names) \(others.count == 1 ? "stands" : "stand") on it",
                next: "uninstall \(names) first", exitCode: .policy)
        default: fatalError("not a refusal by policy")
        }
    }
}
