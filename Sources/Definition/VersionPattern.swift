/// How version names look: `#` stands for one or more digits, everything else for itself, as in `v#.#.#+k3s#`.
public struct VersionPattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as written.
    public let description: String

    /// `nil` for an empty text and for two `#` in a row.
    public init?(_ text: String) {
        guard !text.isEmpty, !text.contains("##") else { return nil }
        description = text
    }

    /// Whether the whole of `text` looks like this.
    public func matches(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        for mark in description.utf8 {
            if mark == UInt8(ascii: "#") {
                let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                guard !digits.isEmpty else { return false }
                rest = rest.dropFirst(digits.count)
            } else {
                guard rest.first == mark else { return false }
                rest = rest.dropFirst()
            }
        }
        return rest.isEmpty
    }
}
