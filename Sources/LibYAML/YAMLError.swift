public import Reporting
public import Values

/// Why a YAML text was not accepted, or why a reader did not find what it needs.
public enum YAMLError: Error, Hashable, Sendable {
    /// What libyaml was reading when it stopped, and on which line that began.
    public struct Context: Hashable, Sendable {
        /// libyaml's words: `while parsing a block mapping`.
        public let words: String
        /// The line where that began.
        public let line: Int?
    }

    case tooLarge(file: String, size: ByteCount, limit: ByteCount)
    case tooDeep(SourceLocation, limit: Int)
    case tooManyNodes(SourceLocation, limit: Int)
    case tooManyAliases(SourceLocation, limit: Int)
    case notUTF8(SourceLocation)
    /// A control or other character that YAML does not take.
    case character(SourceLocation)
    /// A tab where only spaces may indent.
    case tab(SourceLocation)
    /// libyaml does not understand the text.
    case syntax(SourceLocation, problem: String, context: Context?)
    case empty(file: String)
    /// Where the second document begins.
    case severalDocuments(SourceLocation)
    case duplicateKey(String, SourceLocation, firstLine: Int)
    case keyNotText(SourceLocation)
    case unknownAlias(String, SourceLocation)
    case unknownTag(String, SourceLocation)

    /// `place` (such as `platform.version`) holds something else than what is read there; `nearest` is what was likely meant.
    case unexpected(SourceLocation, place: String, found: String, expected: String, nearest: String? = nil)
    /// `place` holds something that must not stand there, such as `the key "token"`, for a reason.
    case refused(SourceLocation, place: String, what: String, reason: String)
    /// A mapping lacks a key that it needs. The location is the mapping's.
    case missingKey(String, SourceLocation, place: String)
    /// A mapping has a key that nobody reads.
    case unknownKey(String, SourceLocation, place: String, known: [String])
}
