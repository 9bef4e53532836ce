import Values

extension Assertion {
    /// The longest headers and signature, and the longest body (asserts/asserts.go).
    static let headersLimit = 128 * 1_024
    static let bodyLimit = 2 * 1_024 * 1_024

    /// Reads one assertion, and nothing after it.
    public static func parse(_ bytes: [UInt8]) throws(AssertionFault) -> Assertion {
        var parser = AssertionParser(bytes)
        let assertion = try parser.next()
        guard parser.isAtEnd else { throw parser.fault("one assertion was asked for, and more follows") }
        return assertion
    }

    /// Reads a stream of assertions with one empty line between them, as `snap download` writes it beside a snap.
    public static func parseStream(_ bytes: [UInt8]) throws(AssertionFault) -> [Assertion] {
        var parser = AssertionParser(bytes)
        var assertions: [Assertion] = []
        repeat { assertions.append(try parser.next()) } while !parser.isAtEnd
        return assertions
    }

    /// The stream of texts, each of one assertion, as `snap download` writes it (asserts/asserts.go, Encoder).
    public static func stream(_ texts: [[UInt8]]) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        return Array(texts.map { $0.last == newline ? $0 : $0 + [newline] }.joined(separator: [newline]))
    }
}

/// Reads assertions one after another:
///
///     type: snap-revision
///     …: …
///     (empty line, then the body, where body-length is not 0)
///     (empty line)
///     signature in Base64
private struct AssertionParser {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    func fault(_ reason: String) -> AssertionFault { fault(at: offset, reason) }

    private func fault(at offset: Int, _ reason: String) -> AssertionFault {
        AssertionFault(line: 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }, reason: reason)
    }

    mutating func next() throws(AssertionFault) -> Assertion {
        let start = offset
        let headEnd = try end(from: start, limit: Assertion.headersLimit, "headers")
        let headers = try AssertionHeaders(bytes[start..<headEnd], line: fault(at: start, "").line)
        offset = headEnd + 2
        let body = try body(length: try bodyLength(headers, at: headEnd))
        let content = Array(bytes[start..<(body.isEmpty ? headEnd : offset - 2)])
        let signature = try signature()
        return Assertion(
            type: headers.type, headers: headers.values, body: body, content: content, signature: signature)
    }

    /// Where the empty line behind a part begins.
    private func end(from start: Int, limit: Int, _ part: String) throws(AssertionFault) -> Int {
        var index = start
        while index + 1 < bytes.count {
            guard index - start <= limit else { throw fault(at: index, "its \(part) are longer than \(limit) bytes") }
            if bytes[index] == UInt8(ascii: "\n"), bytes[index + 1] == UInt8(ascii: "\n") { return index }
            index += 1
        }
        throw fault(at: bytes.count, "it ends within its \(part)")
    }

    private func bodyLength(_ headers: AssertionHeaders, at place: Int) throws(AssertionFault) -> Int {
        guard let text = headers.values["body-length"] else { return 0 }
        guard let length = Int(text), length >= 0, String(length) == text, length <= Assertion.bodyLimit else {
            throw fault(at: place, "its body-length is no number up to \(Assertion.bodyLimit)")
        }
        return length
    }

    private mutating func body(length: Int) throws(AssertionFault) -> [UInt8] {
        guard length > 0 else { return [] }
        let newlines = [UInt8](repeating: UInt8(ascii: "\n"), count: 2)
        guard offset + length + 2 <= bytes.count else { throw fault(at: bytes.count, "it ends within its body") }
        guard Array(bytes[(offset + length)..<(offset + length + 2)]) == newlines else {
            throw fault(at: offset + length, "its body is not as long as body-length says")
        }
        defer { offset += length + 2 }
        return Array(bytes[offset..<(offset + length)])
    }

    /// Base64 in lines of at most 76, up to an empty line or the end.
    private mutating func signature() throws(AssertionFault) -> [UInt8] {
        let start = offset
        var text: [UInt8] = []
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") {
            let line = bytes[offset...].prefix { $0 != UInt8(ascii: "\n") }
            guard line.count <= 76, text.count <= Assertion.headersLimit else {
                throw fault("its signature is too long")
            }
            text += line
            offset = min(line.endIndex + 1, bytes.count)
        }
        guard !text.isEmpty else { throw fault(at: start, "it has no signature") }
        guard let decoded = Base64.decode(String(decoding: text, as: UTF8.self)) else {
            throw fault(at: start, "its signature is not Base64, or cut short")
        }
        if offset < bytes.count { offset += 1 }
        return decoded
    }
}

/// The headers of an assertion: `name: text`, or `name:` and indented lines (asserts/headers.go). Only those of one line are
/// kept; no other is asked for here.
private struct AssertionHeaders {
    private(set) var values: [String: String] = [:]
    private(set) var type = ""

    init(_ head: ArraySlice<UInt8>, line first: Int) throws(AssertionFault) {
        guard let text = String(validating: head, as: UTF8.self) else {
            throw AssertionFault(line: first, reason: "its headers are not UTF-8")
        }
        var names: Set<String> = []
        var mayIndent = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            func fault(_ reason: String) -> AssertionFault { AssertionFault(line: first + number, reason: reason) }
            if line.hasPrefix("  ") {
                guard mayIndent else { throw fault("an indented line follows no header that takes one") }
                continue
            }
            guard let colon = line.firstIndex(of: ":"), Self.isName(line[..<colon]) else {
                throw fault("it should be a header such as `snap-id: …`")
            }
            let name = String(line[..<colon])
            let value = line[line.index(after: colon)...]
            guard names.insert(name).inserted else { throw fault("the header \(name) stands twice") }
            guard number > 0 || name == "type" else { throw fault("the first header should be `type`") }
            mayIndent = value.isEmpty
            guard !mayIndent else { continue }
            // A value may be empty: a snap that was taken out of the store has no name any more.
            guard value.hasPrefix(" ") else { throw fault("a blank should stand behind `\(name):`") }
            values[name] = String(value.dropFirst())
        }
        type = values["type"] ?? ""
        for name in ["type", "authority-id", "sign-key-sha3-384"] where values[name] == nil {
            throw AssertionFault(line: first, reason: "it has no header \(name)")
        }
    }

    /// `^[a-z](-?[a-z0-9])*$`
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.last != 0x2D else { return false }
        let isWord = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        return isWord && !zip(text.utf8, text.utf8.dropFirst()).contains { $0 == 0x2D && $1 == 0x2D }
    }
}
