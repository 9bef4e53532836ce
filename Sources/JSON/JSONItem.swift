/// A value with the place where it stands, to be read as one kind or refused with that place named.
public struct JSONItem: Sendable {
    /// The value itself.
    public let value: JSONValue
    /// Where it stands.
    public let path: JSONPath
    /// Whose document it is from; passed on to the readers made from it.
    let dialect: JSONDialect

    /// Takes a value that stands at `path`.
    public init(_ value: JSONValue, path: JSONPath = .document, dialect: JSONDialect = .strict) {
        self.value = value
        self.path = path
        self.dialect = dialect
    }

    /// The text of a string.
    public func string() throws(JSONError) -> String {
        guard case .string(let text) = value else { throw wrongKind("a string") }
        return text
    }

    /// A whole number within `range`.
    public func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws(JSONError) -> Int {
        guard case .integer(let number) = value else { throw wrongKind("a whole number") }
        guard range.contains(number) else { throw outside(range, number) }
        return number
    }

    /// `true` or `false`.
    public func bool() throws(JSONError) -> Bool {
        guard case .bool(let flag) = value else { throw wrongKind("true or false") }
        return flag
    }

    /// A reader of the members of an object.
    public func object() throws(JSONError) -> JSONReader {
        try JSONReader(value, path: path, dialect: dialect)
    }

    /// The elements of an array, each with its place.
    public func items() throws(JSONError) -> [JSONItem] {
        guard case .array(let elements) = value else { throw wrongKind("an array") }
        return elements.enumerated().map { JSONItem($1, path: path.appending($0), dialect: dialect) }
    }

    /// Reads each element of an array with `read`.
    public func array<Element>(
        _ read: (JSONItem) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        guard case .array(let elements) = value else { throw wrongKind("an array") }
        var result: [Element] = []
        result.reserveCapacity(elements.count)
        for (number, element) in elements.enumerated() {
            result.append(try read(JSONItem(element, path: path.appending(number), dialect: dialect)))
        }
        return result
    }

    /// A string that `parse` makes a value of; `expected` says in words what it must be: `a SHA-256 digest`.
    public func parsed<Value>(
        as expected: String, _ parse: (String) -> Value?
    ) throws(JSONError) -> Value {
        let text = try string()
        guard let value = parse(text) else { throw invalid(expected, found: text) }
        return value
    }

    /// The error that says: this value must be `expected`.
    public func invalid(_ expected: String, found: String) -> JSONError {
        .invalid(path: path.description, expected: expected, found: found)
    }

    private func wrongKind(_ expected: String) -> JSONError {
        .wrongKind(path: path.description, expected: expected, found: value.kind)
    }

    private func outside(_ range: ClosedRange<Int>, _ number: Int) -> JSONError {
        let expected =
            switch (range.lowerBound, range.upperBound) {
            case (let low, Int.max): "\(low) or more"
            case (Int.min, let high): "\(high) or less"
            case (let low, let high): "from \(low) to \(high)"
            }
        return invalid(expected, found: String(number))
    }
}
