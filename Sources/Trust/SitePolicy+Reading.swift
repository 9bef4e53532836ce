public import JSON
public import Posix
import Values

extension SitePolicy {
    /// The largest policy: a hundred keys with room.
    static let maximumSize = ByteCount.kibibytes(256)

    /// Reads the file of a policy, which nobody but its owner can change.
    ///
    /// - Throws: ``TrustError``.
    public init(at path: FilePath) throws(TrustError) {
        let bytes = try GuardedFile.read(path, limit: Self.maximumSize)
        do throws(JSONError) { try self.init(reading: bytes, at: path) } catch { throw .unreadablePolicy(path, error) }
    }

    /// Reads the bytes of a policy: no unknown member, none twice, no empty list.
    ///
    /// Each group of members is read by one line here and one function in a file of its own, `SitePolicy+<Group>.swift`.
    ///
    /// - Throws: ``JSONError`` with line and column, or with the member's path.
    public init(reading bytes: [UInt8], at path: FilePath) throws(JSONError) {
        let reader = try JSONReader(.parse(bytes, limits: JSONLimits(depth: 8, size: Self.maximumSize)))
        _ = try reader.integer("policy", in: Self.format...Self.format)
        self.init(path: path)
        try readCertificates(reader)
        try readKeys(reader)
        try readScope(reader)
        try readKeyList(reader)
        try readTime(reader)
        try readEvidence(reader)
        try reader.finish()
    }
}

extension JSONReader {
    /// The elements of the list `key`, each as `read` makes it, none twice; `nil` without the member. An empty list is refused, since it
    /// would admit nothing and may be meant to admit all.
    func distinct<Element: Hashable>(
        _ key: String, _ read: (JSONItem) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element]? {
        guard let list = optional(key) else { return nil }
        let items = try list.items()
        guard !items.isEmpty else {
            throw list.invalid("a list with something in it, or left out where anything will do", found: "[]")
        }
        var elements: [Element] = []
        for item in items {
            let element = try read(item)
            guard !elements.contains(element) else {
                throw item.invalid("something that does not stand in the list already", found: item.words)
            }
            elements.append(element)
        }
        return elements
    }
}

extension JSONItem {
    /// The value, for a message.
    var words: String { value.stringValue ?? value.kind }
}
