public import Reporting

extension JSONError: Diagnosable {
    /// Says it without knowing the document's name; as damage, because what is read strictly was signed.
    public var diagnostic: Diagnostic { diagnostic(of: "JSON document", exitCode: .damaged) }

    /// Says it about `document`, a file name or address.
    public func diagnostic(of document: String, next: String? = nil, exitCode: ExitCode) -> Diagnostic {
        var diagnostic = Diagnostic("cannot read \(quoted(document)): \(reason)", next: next, exitCode: exitCode)
        if case .text(_, let position) = self {
            diagnostic.location = SourceLocation(file: document, line: position.line, column: position.column)
            diagnostic.details.append(.init("at", "byte \(position.offset), in \(position.path)"))
        }
        return diagnostic
    }

    /// What is wrong, in words, without where.
    public var reason: String {
        switch self {
        case .text(let refusal, _): refusal.reason
        case .tooLarge(let size, let limit): "its \(size) are more than the \(limit) allowed"
        case .missing(let key, let path): "\(path) has no \(quoted(key))"
        case .wrongKind(let path, let expected, let found): "\(path) must be \(expected), not \(found)"
        case .unknownKeys(let keys, let path):
            "\(path) has unknown \(keys.count == 1 ? "key" : "keys") " + keys.map { quoted($0) }.joined(separator: ", ")
        case .invalid(let path, let expected, let found): "\(path) must be \(expected), not \(quoted(found))"
        }
    }
}

extension JSONRefusal {
    /// What is wrong, in words.
    public var reason: String {
        switch self {
        case .byteOrderMark: "it begins with a byte order mark"
        case .unexpectedEnd: "it ends in the middle of a value"
        case .unexpectedByte(let byte, let expected):
            (0x21..<0x7F).contains(byte)
                ? "unexpected \(quoted(String(Unicode.Scalar(byte)))) where \(expected) should be"
                : "unexpected byte \(byte) where \(expected) should be"
        case .trailingText: "something follows the end of the value"
        case .tooDeep(let limit): "more than \(limit) arrays and objects inside one another"
        case .duplicateKey(let key): "the key \(quoted(key)) comes twice in one object"
        case .notUTF8: "a string is not well-formed UTF-8"
        case .controlByte(let byte): "the control byte \(byte) stands in a string without an escape"
        case .badEscape: "unknown escape in a string"
        case .loneSurrogate: "half of a surrogate pair in a string"
        case .leadingZero: "a number has a needless zero in front"
        case .negativeZero: "-0 is not a number here"
        case .notWhole: "a number has a fraction or an exponent, only whole numbers are allowed"
        case .outOfRange(let digits): "the number \(digits) is beyond ±9007199254740991"
        }
    }
}

/// `key` as a link of a path: `.name`, or `["a b"]` when it has other characters than letters, digits, `_` and `-`.
func jsonPathLink(_ key: String) -> String {
    let isPlain = key.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
    return isPlain && !key.isEmpty ? "." + key : "[\(quoted(key))]"
}
