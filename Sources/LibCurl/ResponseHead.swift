public import Values

/// Status and header fields of one final response; interim responses (1xx) are not shown.
public struct ResponseHead: Hashable, Sendable {
    /// The status code (RFC 9110 §15).
    public let status: Int
    /// All header fields; trailers are not among them.
    public let headers: HTTPHeaders

    /// A head of `status` and `headers`.
    public init(status: Int, headers: HTTPHeaders) {
        self.status = status
        self.headers = headers
    }
}

/// Builds a ``ResponseHead`` from header lines as curl hands them out: one call a line, line end included.
struct HeadReader {
    /// All lines of one head, in bytes: more is an attack (nginx and Apache stop at 8 KiB a line).
    static let limit = 256 << 10

    enum Outcome: Equatable {
        case more
        case complete(ResponseHead)
        case tooLong
    }

    private var status = 0
    private var fields: [HTTPHeaders.Field] = []
    private var size = 0
    private var isComplete = false

    /// Takes one line. After `complete` the lines are trailers, and passed over.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Outcome {
        unsafe take(line: String(decoding: line, as: UTF8.self), size: line.count)
    }

    private mutating func take(line raw: String, size count: Int) -> Outcome {
        guard !isComplete else { return .more }
        size += count
        guard size <= Self.limit else { return .tooLong }
        let line = raw.trimmingEnd { $0 == 0x0D || $0 == 0x0A }
        if line.hasPrefix("HTTP/") {
            begin(line)
        } else if line.isEmpty {
            return end()
        } else {
            addField(line)
        }
        return .more
    }

    private mutating func begin(_ line: String) {
        let words = line.split(separator: " ")
        status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        fields = []
    }

    private mutating func end() -> Outcome {
        guard !(100..<200).contains(status) else { return .more }
        isComplete = true
        return .complete(ResponseHead(status: status, headers: HTTPHeaders(fields)))
    }

    private mutating func addField(_ line: String) {
        // A line that starts with a blank continues the one above (obsolete folding, RFC 9112 §5.2).
        if line.utf8.first == 0x20 || line.utf8.first == 0x09, let last = fields.popLast() {
            fields.append(.init(last.name, last.value + " " + line.trimmingBlanks()))
        } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            fields.append(
                .init(String(line[..<colon]), String(line[line.utf8.index(after: colon)...]).trimmingBlanks()))
        }
    }
}

extension String {
    fileprivate func trimmingEnd(_ isEnd: (UInt8) -> Bool) -> String {
        var bytes = Array(utf8)
        while let last = bytes.last, isEnd(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    fileprivate func trimmingBlanks() -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        return String(decoding: Array(utf8.drop(while: isBlank)), as: UTF8.self).trimmingEnd(isBlank)
    }
}
