import Posix
public import Reporting
import Values

extension MediaError: Diagnosable {
    /// The words for each refusal. A table.
    public var diagnostic: Diagnostic {
        switch self {
        case .noMedium(let path):
            Diagnostic(
                "cannot write to \(quoted(path.text)): there is no such folder",
                next:
                    "mount the medium and give the folder where it is; it is not made, so that nothing lands on another disk",
                exitCode: .inputOutput)
        case .sameMedium(let path, let other):
            Diagnostic(
                "cannot spread the bundle: \(quoted(path.text)) and \(quoted(other.text)) are the same medium",
                next: "give one folder for each medium", exitCode: .usage)
        case .tooSmall(let needed, let media, let available):
            Diagnostic(
                "cannot write the bundle: it needs \(needed.formatted), and there is too little room",
                details: zip(media, available).map { .init($0.text, "\($1.formatted) available") },
                next: "make room, give a larger medium, or one more: volumes may be on several", exitCode: .inputOutput)
        case .tooLarge(let name, let size, let medium):
            Diagnostic(
                "cannot write \(quoted(name)): it has \(size.formatted), and FAT32 holds no file of 4 GiB or more",
                details: [.init("medium", medium.text)], next: "format the medium as exFAT", exitCode: .inputOutput)
        case .notABundle(let path):
            Diagnostic(
                "cannot write to \(quoted(path.text)): something is there that is no bundle",
                next: "move it away, or give another folder", exitCode: .inputOutput)
        case .damagedSource(let name, let bundle):
            Diagnostic(
                "cannot copy \(quoted(name)): it is not what was signed", details: [.init("bundle", bundle.text)],
                next: "build the bundle again, or take it from where it was built", exitCode: .damaged)
        case .readBackDiffers(let path):
            Diagnostic(
                "cannot trust the medium: \(quoted(path.text)) read back is not what was written",
                next: "take another medium; this one, its reader or its cable loses data", exitCode: .inputOutput)
        case .file(let error): error.diagnostic
        }
    }
}
