/// Header fields in the order sent or received. Names compare without case (RFC 9110 §5.1); repeated fields are all kept.
public struct HTTPHeaders: Hashable, Sendable {
    /// One field line.
    public struct Field: Hashable, Sendable {
        /// The name as written.
        public let name: String
        /// The value without surrounding blanks.
        public let value: String

        /// A field of `name` and `value`. Line breaks in them are refused when it is sent.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Whether this field is called `name`, in whatever case.
        public func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }
    }

    /// All fields, first to last.
    public private(set) var fields: [Field]

    /// Headers of `fields`.
    public init(_ fields: [Field] = []) { self.fields = fields }

    /// The first value of `name`; `nil` when there is none.
    public subscript(name: String) -> String? { fields.first { $0.isNamed(name) }?.value }

    /// Every value of `name`, first to last.
    public func values(of name: String) -> [String] { fields.filter { $0.isNamed(name) }.map(\.value) }

    /// Adds a field and keeps those of the same name.
    public mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }

    /// Puts one field in the place of all of that name; with `nil` only takes them away.
    public mutating func set(_ name: String, _ value: String?) {
        fields.removeAll { $0.isNamed(name) }
        if let value { fields.append(Field(name, value)) }
    }

    /// Only the fields whose name is one of `names`.
    public func only(_ names: [String]) -> HTTPHeaders {
        HTTPHeaders(fields.filter { field in names.contains { field.isNamed($0) } })
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// `["Accept": "text/plain"]`; a name may stand there twice.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Field($0.0, $0.1) })
    }
}
