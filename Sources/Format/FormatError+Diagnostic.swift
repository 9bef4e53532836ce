import JSON
public import Reporting

extension FormatError: Diagnosable {
    /// A signed document that we do not understand is refused by policy: it may be newer than we are.
    public var diagnostic: Diagnostic {
        switch self {
        case .json(let document, let error):
            return error.diagnostic(of: document.rawValue, next: Self.next, exitCode: .policy)
        case .unsupportedFormat(let document, let found):
            return Diagnostic(
                "cannot read \(document.rawValue): it has format \(found), this program reads format \(Manifest.format)",
                next: "use the sealift-install that came with this bundle, or a newer one", exitCode: .policy)
        case .invalid(let document, let place, let reason):
            return Diagnostic(
                "cannot accept \(document.rawValue): \(quotable(place)) \(quotable(reason))", next: Self.next,
                exitCode: .policy)
        case .notCanonical(let document, let line):
            return Diagnostic(
                "cannot accept \(document.rawValue): line \(line) is not in the one spelling that the format has",
                next: Self.next, exitCode: .policy)
        case .unknownCritical(let key):
            return Diagnostic(
                "cannot accept manifest.json: it needs the extension \(quoted(key)), which this program does not know",
                next: "use the sealift-install that came with this bundle, or a newer one", exitCode: .policy)
        }
    }

    private static let next =
        "the bundle was made by another version or another program; build it again, or verify it with the version that made it"
}

/// A sentence part that may hold names from a document: as it is when printable, else quoted.
private func quotable(_ text: String) -> String {
    quoted(text).utf8.count == text.utf8.count + 2 ? text : String(quoted(text).dropFirst().dropLast())
}
