/// A text that is sent and never shown: printing, interpolating or dumping it gives `<secret>`.
struct Secret: Hashable, Sendable {
    /// The text itself, for the header or body that carries it.
    let text: String

    init(_ text: String) { self.text = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<secret>" }
    var debugDescription: String { "<secret>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
