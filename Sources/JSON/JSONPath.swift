/// A place inside a JSON document, kept as links so that a reader of many small objects writes no text unless it fails.
public indirect enum JSONPath: Hashable, Sendable {
    /// The document itself, or the place where the reading began.
    case root(String)
    /// A member of an object.
    case key(JSONPath, String)
    /// An element of an array, counted from 0.
    case index(JSONPath, Int)

    /// The document itself: `$`.
    public static let document = JSONPath.root("$")

    /// The member called `key` in what stands here.
    public func appending(_ key: String) -> JSONPath { .key(self, key) }

    /// The element at `index` in what stands here.
    public func appending(_ index: Int) -> JSONPath { .index(self, index) }
}

extension JSONPath: CustomStringConvertible {
    /// `$.images[2].name`; a key with other characters than letters, digits, `_` and `-` in brackets and quotes.
    public var description: String {
        var links: [String] = []
        var here = self
        while true {
            switch here {
            case .root(let text): return ([text] + links.reversed()).joined()
            case .key(let outer, let key):
                links.append(jsonPathLink(key))
                here = outer
            case .index(let outer, let index):
                links.append("[\(index)]")
                here = outer
            }
        }
    }
}

extension JSONPath: ExpressibleByStringLiteral {
    /// The place where a reading begins.
    public init(stringLiteral value: String) { self = .root(value) }
}
