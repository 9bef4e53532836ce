/// What happened, where, and what to do next. The one form in which sealift speaks of trouble.
///
/// Sentences start in lower case and end without a full stop; values are quoted as found, see ``quoted(_:)``.
public struct Diagnostic: Error, Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable { case error, warning, note }

    /// One line below the message: `in: volume 3 of 5`.
    public struct Detail: Hashable, Sendable {
        /// The word before the colon.
        public let label: String
        /// What stands there.
        public let text: String

        /// Takes both as they are.
        public init(_ label: String, _ text: String) {
            self.label = label
            self.text = text
        }
    }

    /// How bad it is.
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

    /// Takes all as it is; see the properties.
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
    /// The error in words.
    var diagnostic: Diagnostic { get }
}

extension Diagnostic: Diagnosable {
    /// Itself.
    public var diagnostic: Diagnostic { self }
}
