/// What a client asked.
public struct HTTPRequest: Hashable, Sendable {
    /// `GET`, `HEAD`, `POST`.
    public let method: String
    /// Path and query as they stood in the request line.
    public let target: String
    /// The path alone.
    public var path: String { String(target.prefix { $0 != "?" }) }
    /// The fields as they came, names in lower case.
    public let fields: [Field]
    /// The body, when `Content-Length` announced one.
    public let body: [UInt8]

    /// One header line.
    public struct Field: Hashable, Sendable {
        /// In lower case.
        public let name: String
        /// Without leading blanks.
        public let value: String
    }

    /// The first value of `name`, which is given in lower case.
    public func header(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// `n` of `Range: bytes=n-`.
    public var rangeStart: Int? {
        header("range").flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) }
    }
}

/// What the server does in answer: right, or wrong in a chosen way.
public struct HTTPReply: Sendable {
    /// What stands in the status line.
    public var status: Int
    /// Sent in this order and spelling.
    public var headers: [(name: String, value: String)]
    /// What is sent, unless one of the fields below says otherwise.
    public var body: [UInt8]
    /// What `Content-Length` says; `nil` says nothing and ends the body by closing.
    public var statedLength: Int?
    /// Closes the connection after so many bytes of the body.
    public var cutAfter: Int?
    /// Goes silent after so many bytes of the body, until the client leaves.
    public var stallAfter: Int?
    /// Sends the body again and again until the client leaves.
    public var isEndless = false
    /// Sends nothing at all.
    public var isSilent = false

    /// A right answer of `status` and `body`.
    public init(_ status: Int = 200, _ body: [UInt8] = [], headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
        self.body = body
        statedLength = body.count
    }

    /// A right answer with a text for a body.
    public init(_ status: Int = 200, _ text: String, headers: [(name: String, value: String)] = []) {
        self.init(status, Array(text.utf8), headers: headers)
    }

    /// Bytes without end and without a stated length.
    public static var endless: HTTPReply {
        HTTPReply(200, [UInt8](repeating: 7, count: 4_096)).with {
            $0.isEndless = true
            $0.statedLength = nil
        }
    }

    /// Closes the connection without a word.
    public static var hangUp: HTTPReply { HTTPReply(0, "").with { $0.isSilent = true } }

    /// Answers as a good server does: 206 to `Range: bytes=n-`, 416 when nothing is left, 200 without.
    public static func content(
        _ bytes: [UInt8], to request: HTTPRequest, headers: [(name: String, value: String)] = []
    ) -> HTTPReply {
        guard let start = request.rangeStart else { return HTTPReply(200, bytes, headers: headers) }
        guard start < bytes.count else {
            return HTTPReply(416, [], headers: headers + [("Content-Range", "bytes */\(bytes.count)")])
        }
        let range = ("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")
        return HTTPReply(206, Array(bytes[start...]), headers: headers + [range])
    }

    /// A copy with `change` made.
    public func with(_ change: (inout HTTPReply) -> Void) -> HTTPReply {
        var copy = self
        change(&copy)
        return copy
    }
}
