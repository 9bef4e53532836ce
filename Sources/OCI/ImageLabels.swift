public import JSON

/// What an image's makers say of it in labels of its configuration (image-spec `annotations.md`, pre-defined keys).
///
/// Words for lists of contents and nothing else: an image may say whatever it likes, so odd labels count as none.
public struct ImageLabels: Hashable, Sendable {
    /// `org.opencontainers.image.licenses`.
    public let licences: String?
    /// `org.opencontainers.image.vendor`.
    public let vendor: String?

    /// More is a text, not a name.
    private static let longest = 200

    /// Takes what `Labels` has; `nil` for an image without.
    public init(_ labels: JSONValue?) {
        func word(_ key: String) -> String? {
            guard let text = labels?["org.opencontainers.image." + key]?.stringValue, !text.isEmpty,
                text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
            else { return nil }
            return text
        }
        licences = word("licenses")
        vendor = word("vendor")
    }
}
