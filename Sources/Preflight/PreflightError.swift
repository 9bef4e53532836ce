/// Why a check did not come to an end.
public enum PreflightError: Error, Hashable, Sendable {
    /// A rule is to be ignored that is not among those of this bundle and role.
    case unknownRule(String, known: [String])
}
