public import Reporting

/// Reads one node with a type in mind; an error names the place, what stands there and what would have been right.
public struct YAMLReader: Sendable {
    /// The node.
    public let node: YAMLNode
    /// Where it stands in words: `platform.version`, `images[2]`; empty for the whole file.
    public let place: String
    /// The text it came from.
    public let source: YAMLSource

    init(_ node: YAMLNode, in source: YAMLSource, place: String = "") {
        self.node = node
        self.place = place
        self.source = source
    }

    /// Where the node begins.
    public var location: SourceLocation { source.location(of: node.mark) }

    /// An error about this node.
    ///
    /// - Parameter expected: What would have been right, as it goes after "expected": `an IPv4 address such as 192.0.2.7`.
    public func unexpected(_ expected: String) -> YAMLError {
        .unexpected(location, place: place, found: node.summary, expected: expected)
    }
}

extension YAMLReader {
    /// An error about a value that must not stand here, whatever it is.
    public func refused(_ reason: String) -> YAMLError {
        .refused(location, place: place, what: node.summary, reason: reason)
    }

    /// Text. Numbers with a fraction count as text as they stand (`1.31`); `true`, `false`, whole numbers and nothing do not:
    /// they need quotes.
    public func string() throws(YAMLError) -> String {
        guard case .scalar(let scalar) = node.kind else { throw unexpected("text") }
        switch scalar.meaning {
        case .text(let text), .decimal(let text): return text
        case .bool, .integer: throw unexpected("text: \(quoted(scalar.text)) in quotes")
        case .null: throw unexpected("text")
        }
    }

    /// Text that is not empty.
    public func nonEmptyString() throws(YAMLError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw unexpected("text that is not empty") }
        return text
    }

    /// Text, or a number or truth value as it was written; for values whose type is known elsewhere.
    public func scalarText() throws(YAMLError) -> String {
        guard case .scalar(let scalar) = node.kind, scalar.meaning != .null else {
            throw unexpected("text or a number")
        }
        return scalar.text
    }

    /// `true` or `false`, nothing else.
    public func bool() throws(YAMLError) -> Bool {
        guard case .scalar(let scalar) = node.kind, case .bool(let value) = scalar.meaning else {
            throw unexpected("true or false")
        }
        return value
    }

    /// A whole number in decimal, in `range`.
    public func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws(YAMLError) -> Int {
        let bounds =
            range == Int.min...Int.max
            ? "a whole number"
            : range.upperBound == .max
                ? "a whole number of at least \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let scalar) = node.kind, case .integer(let value) = scalar.meaning, range.contains(value)
        else {
            throw unexpected(bounds)
        }
        return value
    }

    /// One word of `words`; an error offers the nearest and lists all.
    public func word(of words: [String]) throws(YAMLError) -> String {
        guard case .scalar(let scalar) = node.kind, words.contains(scalar.text) else {
            let near = nearest(to: node.scalarText ?? "", in: words)
            throw .unexpected(
                location, place: place, found: node.summary, expected: "one of " + words.joined(separator: ", "),
                nearest: near)
        }
        return scalar.text
    }

    /// A case of an enumeration of words.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type = Choice.self
    ) throws(YAMLError) -> Choice {
        let word = try word(of: Choice.allCases.map(\.rawValue))
        guard let choice = Choice(rawValue: word) else { throw unexpected("a known word") }
        return choice
    }

    /// The elements of a list, each as a reader.
    public func list() throws(YAMLError) -> [YAMLReader] {
        guard case .sequence(let nodes) = node.kind else { throw unexpected("a list") }
        return nodes.enumerated().map { YAMLReader($1, in: source, place: "\(place)[\($0)]") }
    }

    /// A list of texts.
    public func strings() throws(YAMLError) -> [String] {
        var texts: [String] = []
        for element in try list() { texts.append(try element.nonEmptyString()) }
        return texts
    }

    /// Whether the node is a mapping.
    public var isMap: Bool { if case .mapping = node.kind { true } else { false } }
    /// Whether the node is a list.
    public var isList: Bool { if case .sequence = node.kind { true } else { false } }
    /// Whether nothing stands here (`key:` with no value, `~`, `null`).
    public var isNull: Bool { if case .scalar(let scalar) = node.kind { scalar.meaning == .null } else { false } }
}

extension YAMLNode {
    /// The text of a scalar; `nil` for anything else.
    var scalarText: String? { if case .scalar(let scalar) = kind { scalar.text } else { nil } }

    /// The node in a few words, as it goes after "found".
    var summary: String {
        switch kind {
        case .sequence: "a list"
        case .mapping: "a map"
        case .scalar(let scalar):
            switch scalar.meaning {
            case .null: "nothing"
            case .bool(let value): "\(value)"
            case .integer(let value): "the number \(value)"
            case .decimal(let text): "the number \(text)"
            case .text(let text):
                text.isEmpty ? "an empty text" : quoted(text.count > 80 ? text.prefix(79) + "…" : text[...])
            }
        }
    }
}
