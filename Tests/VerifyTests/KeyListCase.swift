import JSON
import Posix
import Reporting
import Testing
import Trust

@testable import Verify

/// One site with one bundle, and what must come of it.
struct KeyListCase: Sendable, CustomTestStringConvertible {
    /// What must come of it.
    enum Verdict: Hashable, Sendable {
        /// Taken, under the list of this number.
        case taken(Int)
        /// Refused with this exit code for this reason, see ``reason(of:)``.
        case refused(ExitCode, String)
    }

    let testDescription: String
    let wanted: Verdict
    let prepare: @Sendable (KeyListSite) throws -> Void

    init(_ name: String, _ wanted: Verdict, _ prepare: @escaping @Sendable (KeyListSite) throws -> Void) {
        (testDescription, self.wanted, self.prepare) = (name, wanted, prepare)
    }

    /// What comes of it.
    static func verdict(of site: KeyListSite) throws -> Verdict {
        let bundle: VerifiedBundle
        do { bundle = try site.open() } catch let error as any Diagnosable {
            return .refused(error.diagnostic.exitCode, reason(of: error))
        }
        return .taken(try #require(bundle.keyChain).newest.number)
    }

    /// The case of the error with what in it does not depend on keys: one word each, so that a table can name it.
    static func reason(of error: any Error) -> String {
        switch error {
        case VerifyError.trust(.keyList(let error)), TrustError.keyList(let error): reason(of: error)
        case VerifyError.notSigned(_, _, _, let found, let needed): "bundle signed by \(found) of \(needed)"
        case VerifyError.badSignature: "bundle's signature is bad"
        case VerifyError.tooLarge(let name, _): "too large: \(name)"
        case VerifyError.notRegular(let name): "not regular: \(name)"
        case VerifyError.trust(.keyNotInList(_, let number, _)): "key not in list \(number)"
        case TrustError.unguardedPolicy(_, let how): "unguarded: \(how)"
        case TrustError.unreadablePolicy(_, let error): "policy: \(error.reason)"
        default: "\(error)"
        }
    }

    private static func reason(of error: KeyListError) -> String {
        switch error {
        case .unreadable(let number, let error): "list \(number) unreadable: \(error.reason)"
        case .unsupportedFormat(let number, let found): "list \(number) has format \(found)"
        case .notCanonical(let number): "list \(number) not canonical"
        case .wrongNumber(let file, let found): "list \(found) in the place of \(file)"
        case .invalid(let number, let refusal): "list \(number) invalid: \(refusal)"
        case .notPinned(let number, _, _): "list \(number) not the pinned one"
        case .absent(let number): "list \(number) absent"
        case .gap(let missing, let present): "gap at \(missing) below \(present)"
        case .notSigned(let number, let under, let found, let needed):
            "list \(number) signed by \(found) of \(needed) under \(under)"
        case .badSignature(let number, let name, _): "list \(number): bad signature of \(name)"
        case .wrongPrevious(let number): "list \(number) follows another"
        case .fork(let number, _, _): "fork at \(number)"
        case .expired(let number, _, _), .weakClock(let number, _, _): "list \(number) expired"
        case .unreadableRecord: "unreadable record"
        }
    }
}
