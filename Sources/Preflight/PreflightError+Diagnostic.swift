public import Reporting

extension PreflightError: Diagnosable {
    /// The words for each case.
    public var diagnostic: Diagnostic {
        switch self {
        case .unknownRule(let name, let known):
            Diagnostic(
                "no check is called \(quoted(name))",
                next: nearest(to: name, in: known).map { "did you mean --ignore \($0)?" }
                    ?? "the checks are: \(known.joined(separator: ", "))", exitCode: .usage)
        }
    }
}
