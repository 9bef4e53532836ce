public import JSON

/// Why bytes of a bundle were not understood.
public enum FormatError: Error, Hashable, Sendable {
    /// Which of our documents it is about.
    public enum Document: String, Hashable, Sendable {
        case sums = "SHA256SUMS"
        case manifest = "manifest.json"
        case receipt = "receipt"
        case template = "template"
    }

    /// Not JSON as docs/format.md §3 has it.
    case json(document: Document, JSONError)
    /// A `format` that this code does not know.
    case unsupportedFormat(document: Document, found: Int)
    /// Well-formed, but against a rule: `place` `reason`.
    case invalid(document: Document, place: String, reason: String)
    /// Right in content, but not in the one spelling.
    case notCanonical(document: Document, line: Int)
    /// An extension that must be understood and is not.
    case unknownCritical(key: String)
}
