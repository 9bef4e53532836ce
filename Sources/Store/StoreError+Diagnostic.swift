import Posix
public import Reporting
import Values

extension StoreError: Diagnosable {
    /// `the cache has lost …` and what to do about it. Exit code 10, for mismatches 5.
    public var diagnostic: Diagnostic {
        switch self {
        case .file(let error): error.diagnostic
        case .busy(let root):
            Diagnostic(
                "cannot use the cache \(quoted(root.text)) now: another run needs it for itself",
                next: "wait for the other run to end, then run again", exitCode: .busy)
        case .missing(let digest):
            Diagnostic(
                "cannot find \(digest) in the cache", next: "run again: what is missing is fetched",
                exitCode: .inputOutput)
        case .damaged(let digest, let place):
            Diagnostic(
                "cannot use \(digest) from the cache: its content has changed on disk",
                details: [.init("put aside", quoted(place.text))],
                next: "run again: it is fetched anew; if this happens often, test the disk", exitCode: .inputOutput)
        case .mismatch(let path, let mismatch):
            Diagnostic(
                "cannot take \(quoted(path.text)) into the cache: it is not what was promised",
                details: mismatch.details, next: "compare the file with its source and copy it again",
                exitCode: .gathering)
        }
    }
}

extension ContentMismatch {
    fileprivate var details: [Diagnostic.Detail] {
        switch self {
        case .size(let expected, let found):
            [.init("expected", expected.description), .init("found", found.description)]
        case .digest(let expected, let found):
            [.init("expected", expected.description), .init("found", found.description)]
        }
    }
}
