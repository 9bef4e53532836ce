import Format
import LibZstdEncoder
import Posix
public import Reporting
import Store
import Values
import Verify

extension AssembleError: Diagnosable {
    /// The words for it.
    public var diagnostic: Diagnostic {
        switch self {
        case .file(let error): error.diagnostic
        case .contents(let error): contentsDiagnostic(error)
        case .format(let error): ownFault(error.diagnostic)
        case .check(let error): ownFault(error.diagnostic)
        case .encoder(let error): error.diagnostic
        case .other(let diagnostic): diagnostic
        case .store(let error): error.diagnostic
        case .fileChanged(let path):
            Diagnostic(
                "cannot pack \"\(path)\": it changed since its digest was taken",
                next: "run again when nobody writes to it", exitCode: .inputOutput)
        case .tooManyVolumes, .volumeSize: volumeDiagnostic
        case .diskFull, .readBackDiffers, .cacheDamaged, .notABundle: outputDiagnostic
        }
    }

    /// The format's words are about what is read; here a definition asks for it.
    private func contentsDiagnostic(_ error: FormatError) -> Diagnostic {
        guard case .invalid(let document, let place, let reason) = error else { return ownFault(error.diagnostic) }
        return Diagnostic(
            "cannot make the bundle: \(place) \(reason)", details: [.init("in", document.rawValue)],
            next: "change the definition: two things cannot be laid in one place, and variables must be declared",
            exitCode: .usage)
    }

    private func ownFault(_ diagnostic: Diagnostic) -> Diagnostic {
        var fault = diagnostic
        fault.message = "cannot vouch for the bundle that was written: " + diagnostic.message
        fault.next = "report this: it is a mistake in sealift, or this machine's memory or disk is failing"
        fault.exitCode = .internalError
        return fault
    }

    private var volumeDiagnostic: Diagnostic {
        switch self {
        case .tooManyVolumes(let count):
            Diagnostic(
                "cannot cut the payload: it would take \(count) volumes, and there can be \(Volume.maximumCount)",
                next: "choose a larger --volume-size, at most \(Volume.maximumSize.formatted)", exitCode: .usage)
        case .volumeSize(let size):
            Diagnostic(
                "cannot cut volumes of \(size.formatted)",
                next:
                    "choose a size from \(CutPlan.minimumVolumeSize.formatted) to \(Volume.maximumSize.formatted)",
                exitCode: .usage)
        default: preconditionFailure("not about volumes")
        }
    }

    private var outputDiagnostic: Diagnostic {
        switch self {
        case .diskFull(let folder, let needed, let available):
            Diagnostic(
                "cannot write the bundle: the file system is full",
                details: [
                    .init("in", folder.description), .init("needed", "up to \(needed.formatted)"),
                    .init("available", available.formatted),
                ],
                next: "free some space there, or choose another place with -o", exitCode: .inputOutput)
        case .readBackDiffers(let path):
            Diagnostic(
                "cannot trust what was written: \"\(path)\" read back is not what was written",
                next: "try another medium; this one, its reader or its cable loses data", exitCode: .inputOutput)
        case .cacheDamaged(let digest):
            Diagnostic(
                "cannot use a volume of the cache: \(digest) is damaged", next: "run again", exitCode: .inputOutput)
        case .notABundle(let path):
            Diagnostic(
                "cannot write the bundle: \"\(path)\" is there and is no bundle",
                next: "move it away, or choose another place with -o", exitCode: .inputOutput)
        default: preconditionFailure("not about the output")
        }
    }
}
