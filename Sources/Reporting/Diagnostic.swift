/// What happened, where, and what to do next. The one form in which sealift speaks of trouble.
///
/// Sentences start in lower case and end without a full stop; values are quoted as found, see ``quoted(_:)``.
public struct Diagnostic: Error, Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable { case error, warning, note }

    /// One line below the message: `in: volume 3 of 5`.
    public struct Detail: Hashable, Sendable {
        public let label: String
        public let text: String

        public init(_ label: String, _ text: String) {
            self.label = label
            self.text = text
        }
    }

    public var severity: Severity
    /// What happened: `cannot …` for what was tried.
    public var message: String
    /// Where in a text, when the trouble is in one.
    public var location: SourceLocation?
    /// Where else: file, item, host.
    public var details: [Detail]
    /// What to do now; never empty for an error that a person can mend.
    public var next: String?
    /// What the command ends with when this is the reason.
    public var exitCode: ExitCode

    public init(
        _ message: String, severity: Severity = .error, at location: SourceLocation? = nil, details: [Detail] = [],
        next: String? = nil, exitCode: ExitCode
    ) {
        self.severity = severity
        self.message = message
        self.location = location
        self.details = details
        self.next = next
        self.exitCode = exitCode
    }
}

/// An error that can say itself in words and knows its exit code.
public protocol Diagnosable: Error {
    var diagnostic: Diagnostic { get }
}

extension Diagnostic: Diagnosable {
    public var diagnostic: Diagnostic { self }
}
