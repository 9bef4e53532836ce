public import Reporting

/// A line of a text that was put together again, and the place that it comes from.
public struct YAMLLine: Hashable, Sendable {
    /// The line, indented, without its end.
    public let text: String
    /// Where its value was written; `nil` for the line of a key whose values stand below it.
    public let location: SourceLocation?
}

/// A scalar or an empty collection, and the place that it comes from.
public struct YAMLLeaf: Hashable, Sendable {
    /// Where it stands in words: `platform.version`, `images[2]`.
    public let place: String
    /// The value.
    public let value: YAMLValue
    /// Where it was written.
    public let location: SourceLocation
}

extension YAMLReader {
    /// The node in the spelling of ``YAMLValue/text``, each line with the place of its value.
    public var lines: [YAMLLine] { lines(of: node, indent: 0) }

    private func lines(of node: YAMLNode, indent: Int) -> [YAMLLine] {
        let margin = String(repeating: " ", count: indent)
        switch node.kind {
        case .mapping(let entries):
            return entries.flatMap { entry -> [YAMLLine] in
                let key = margin + YAMLValue.scalar(entry.key) + ":"
                guard entry.value.hasLinesBelow else { return [line(key + " ", entry.value)] }
                return [YAMLLine(text: key, location: nil)] + lines(of: entry.value, indent: indent + 2)
            }
        case .sequence(let nodes):
            return nodes.flatMap { element -> [YAMLLine] in
                guard element.hasLinesBelow else { return [line(margin + "- ", element)] }
                var inner = lines(of: element, indent: indent + 2)
                inner[0] = YAMLLine(
                    text: margin + "- " + inner[0].text.dropFirst(indent + 2), location: inner[0].location)
                return inner
            }
        case .scalar: return [line(margin, node)]
        }
    }

    private func line(_ prefix: String, _ node: YAMLNode) -> YAMLLine {
        YAMLLine(text: prefix + node.value.inline, location: source.location(of: node.mark))
    }

    /// Everything that has nothing below it, in order.
    public var leaves: [YAMLLeaf] {
        switch node.kind {
        case .mapping(let entries) where !entries.isEmpty: entries.flatMap { child($0).leaves }
        case .sequence(let nodes) where !nodes.isEmpty:
            nodes.enumerated().flatMap { YAMLReader($1, in: source, place: "\(place)[\($0)]").leaves }
        default: [YAMLLeaf(place: place, value: node.value, location: location)]
        }
    }
}

extension YAMLNode {
    fileprivate var hasLinesBelow: Bool {
        switch kind {
        case .scalar: false
        case .sequence(let nodes): !nodes.isEmpty
        case .mapping(let entries): !entries.isEmpty
        }
    }
}
