public import JSON
import Values

/// What one rule says of a machine.
public struct Finding: Hashable, Sendable {
    /// How it came out.
    public enum Verdict: String, Hashable, Sendable {
        /// It holds.
        case pass
        /// It does not hold; the platform may still work.
        case warn
        /// It does not hold; nothing is installed.
        case fail
        /// The machine does not tell.
        case unknown
        /// It makes no sense here, such as a rule on the running kernel for an image.
        case skipped
    }

    /// What a rule measures, before anybody says how bad that is.
    public enum Measurement: Hashable, Sendable {
        case holds(String)
        case broken(String, command: String? = nil)
        case unknown(String, command: String? = nil)
        /// It is looked at only when somebody asks for that.
        case notAsked(String)
    }

    /// The rule's name.
    public let id: String
    /// How it came out.
    public internal(set) var verdict: Verdict
    /// What was found, with its unit.
    public let measured: String
    /// What is asked for.
    public let limit: String
    /// Why it is asked for.
    public let reason: String
    /// What a person can do; `nil` where nobody wrote it down.
    public let fix: String?
    /// One line to type at a root shell that does it, where there is one.
    public internal(set) var command: String?
    /// Whether a person said to go on in spite of a failure; the verdict is then ``Verdict/warn``.
    public internal(set) var isIgnored = false

    /// For a program.
    public var json: JSONValue {
        [
            "id": .string(id), "verdict": .string(verdict.rawValue), "measured": .string(measured),
            "limit": .string(limit), "reason": .string(reason), "fix": fix.map { .string($0) } ?? .null,
            "command": command.map { .string($0) } ?? .null, "ignored": .bool(isIgnored),
        ]
    }
}
