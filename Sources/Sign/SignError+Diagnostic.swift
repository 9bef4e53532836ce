import Format
import LibCrypto
import LibToken
import Posix
public import Reporting
import Trust
import Values

extension SignError: Diagnosable {
    /// The words for each case.
    public var diagnostic: Diagnostic {
        switch self {
        case .file(let error): return error.diagnostic
        case .key(let error, let path):
            var diagnostic = error.diagnostic
            diagnostic.details.append(.init("in", path.description))
            return diagnostic
        case .format(let error): return error.diagnostic
        case .keyList(let error): return error.diagnostic
        case .keyListFault(let fault): return fault.diagnostic
        case .token(let error, let path):
            var diagnostic = error.diagnostic
            diagnostic.details.append(.init("in", path.description))
            return diagnostic
        case .notWhatIsSigned(let path):
            return Diagnostic(
                "cannot sign: \(quoted(path.text)) is not the file that SHA256SUMS names",
                next: "verify the bundle with `sealift verify`, and copy it again", exitCode: .damaged)
        case .certificate(let error, let path):
            return Diagnostic(
                "cannot sign with the certificate in \(quoted(path.text)): \(error.reason)",
                next: error.diagnostic.next,
                exitCode: .usage)
        case .certificateNotValid(let subject, let created, let validity):
            return Diagnostic(
                "cannot sign: the certificate of \(quoted(subject)) was not valid when the bundle was made",
                details: [
                    .init("made", created.description),
                    .init("valid", "\(validity.lowerBound) to \(validity.upperBound)"),
                ], next: "lock and build anew, or sign with a certificate that was valid then", exitCode: .usage)
        case .noFreeName(let path):
            return Diagnostic(
                "cannot sign: \(quoted(path.text)) holds as many signatures below this root as are looked for",
                next: "take one away that no site needs", exitCode: .usage)
        case .attestations(let path, let refusal):
            return Diagnostic(
                "cannot add to \(quoted(path.text)): \(refusal.reason)",
                next: "take it away if nobody needs its lines, then sign again", exitCode: .damaged)
        default:
            let (message, next) = words
            return Diagnostic(message, next: next, exitCode: .usage)
        }
    }

    private var words: (message: String, next: String) {
        switch self {
        case .symbolicLink(let path):
            ("cannot use \(quoted(path.text)): it is a symbolic link", "name the file that it points to")
        case .notAFile(let path):
            ("cannot use \(quoted(path.text)): it is not a regular file", "name a file")
        case .openToOthers(let path, let mode):
            (
                "cannot use \(quoted(path.text)): its mode \(String(mode, radix: 8)) lets others at it",
                "close it with chmod 600, and think about who may have read it"
            )
        case .foreignOwner(let path, let owner):
            (
                "cannot use \(quoted(path.text)): it belongs to user \(owner), neither you nor root",
                "run as its owner, or take a copy that is yours"
            )
        case .tooLong(let path, let limit):
            ("cannot use \(quoted(path.text)): it is longer than \(limit)", "name the right file")
        case .keyExists(let path):
            (
                "cannot make a key: \(quoted(path.text)) exists",
                "choose another name; a key that signed bundles must never be overwritten"
            )
        case .emptyPassphrase(let path):
            ("cannot use the passphrase from \(quoted(path.text)): it is empty", "write it there as one line")
        default: ("", "")
        }
    }
}
