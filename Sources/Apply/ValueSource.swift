public import Format
import Values

/// Values from one place: the command line, a file, the last installation.
public struct ValueSource: Sendable {
    /// The place as a person would say it.
    public let name: String
    /// Whether other users of the machine can read it.
    public let isCommandLine: Bool
    /// Whether names that the bundle does not know are passed over: they were right for another version.
    public let isFromThePast: Bool
    /// In the order given; a later value of a name replaces an earlier one.
    public let values: [Given]

    /// One value as it was given.
    public struct Given: Hashable, Sendable {
        /// The name before `=`.
        public let name: String
        /// What stands behind it.
        public let text: String
        /// The line of a file, from 1.
        public let line: Int?
    }

    /// Where a value was given, as a person would say it.
    func place(of value: Given) -> String { value.line.map { "\(name), line \($0)" } ?? name }

    /// `--set NAME=value`, any number of times.
    ///
    /// - Throws: ``ApplyError/unreadableLine(file:line:reason:)`` for a text without `=`.
    public static func commandLine(_ texts: [String]) throws(ApplyError) -> ValueSource {
        var values: [Given] = []
        for (index, text) in texts.enumerated() {
            guard let equals = text.firstIndex(of: "=") else {
                throw .unreadableLine(file: commandLineName, line: index + 1)
            }
            let name = String(trim(text[..<equals]))
            values.append(Given(name: name, text: String(text[text.index(after: equals)...]), line: nil))
        }
        return ValueSource(name: commandLineName, isCommandLine: true, isFromThePast: false, values: values)
    }

    /// What the command line is called where a file has its path.
    static let commandLineName = "--set"

    /// What the last installation was given.
    public static func receipt(_ receipt: Receipt) -> ValueSource {
        ValueSource(
            name: "the last installation", isCommandLine: false, isFromThePast: true,
            values: receipt.values.map { Given(name: $0.name, text: $0.value, line: nil) })
    }
}

extension ValueSource {
    /// The lines of a values file: `NAME=value`, empty, or a comment that begins with `#`. Ends of lines may be those of
    /// Windows, and a byte order mark is passed over; one pair of quotes around a value is taken off, nothing in it is an escape.
    ///
    /// - Throws: ``ApplyError`` with the line: one that is none of these, or a name that a line above has.
    public static func file(_ path: String, _ bytes: [UInt8]) throws(ApplyError) -> ValueSource {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        var values: [Given] = []
        var lines: [String: Int] = [:]
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            func wrong(_ reason: String) -> ApplyError { .unreadableLine(file: path, line: index + 1, reason: reason) }
            guard let text = String(validating: line, as: UTF8.self) else { throw wrong("it is not UTF-8") }
            let trimmed = trim(text[...])
            guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { continue }
            guard let equals = trimmed.firstIndex(of: "=") else { throw wrong("it has no =") }
            let name = String(trim(trimmed[..<equals]))
            guard Variable.isName(name) else { throw wrong("before the = stands no name of A-Z, 0-9 and _") }
            if let first = lines.updateValue(index + 1, forKey: name) {
                throw wrong("\(name) stands on line \(first) already")
            }
            guard let value = unquoted(trim(trimmed[trimmed.index(after: equals)...])) else {
                throw wrong("a quote opens and does not close at its end")
            }
            values.append(Given(name: name, text: value, line: index + 1))
        }
        return ValueSource(name: path, isCommandLine: false, isFromThePast: false, values: values)
    }

    /// Without blanks and a carriage return at both ends.
    private static func trim(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.unicodeScalars.first, first == " " || first == "\t" { rest.unicodeScalars.removeFirst() }
        while let last = rest.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
            rest.unicodeScalars.removeLast()
        }
        return rest
    }

    /// Without one pair of quotes around it, as environment files have them; `nil` when a quote does not close.
    private static func unquoted(_ text: Substring) -> String? {
        guard let first = text.first, first == "\"" || first == "'" else { return String(text) }
        guard text.utf8.count >= 2, text.last == first else { return nil }
        return String(text.dropFirst().dropLast())
    }
}
