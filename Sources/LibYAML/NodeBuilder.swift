import Reporting

/// Builds nodes from libyaml's events: resolves aliases within bounds, refuses duplicate keys and whatever sealift's files
/// have no use for (tags of one's own, collections as keys).
struct NodeBuilder: ~Copyable {
    private var parser: EventParser
    private let source: YAMLSource
    private let limits: YAMLLimits
    private var nodes = 0
    private var aliases = 0
    private var anchors: [String: (node: YAMLNode, size: Int)] = [:]

    init(_ bytes: [UInt8], source: YAMLSource, limits: YAMLLimits) {
        self.parser = EventParser(bytes)
        self.source = source
        self.limits = limits
    }

    /// The roots of all documents that are not empty.
    mutating func documents() throws(YAMLError) -> [YAMLNode] {
        var roots: [YAMLNode] = []
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd: return roots
            case .documentStart:
                anchors = [:]
                let root = try node(from: try next(), depth: 1)
                if root.kind != .scalar(YAMLScalar(text: "", isPlain: true)) { roots.append(root) }
            default: continue
            }
        }
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        let before = nodes
        try count(1, at: event.mark)
        let built: YAMLNode
        let name: String?
        switch event.kind {
        case .alias(let anchor): return try resolve(anchor, at: event.mark)
        case .scalar(let scalar, let anchor, let tag):
            name = anchor
            built = YAMLNode(.scalar(try apply(tag, to: scalar, at: event.mark)), at: event.mark)
        case .sequenceStart(let anchor, let tag):
            name = anchor
            try check(tag, is: "seq", at: event.mark)
            built = YAMLNode(.sequence(try elements(depth: depth, at: event.mark)), at: event.mark)
        case .mappingStart(let anchor, let tag):
            name = anchor
            try check(tag, is: "map", at: event.mark)
            built = YAMLNode(.mapping(try entries(depth: depth, at: event.mark)), at: event.mark)
        default: fatalError("libyaml reports no other event where a node stands")
        }
        if let name { anchors[name] = (built, nodes - before) }
        return built
    }

    private mutating func elements(depth: Int, at mark: YAMLMark) throws(YAMLError) -> [YAMLNode] {
        try check(depth: depth, at: mark)
        var found: [YAMLNode] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind { return found }
            found.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func entries(depth: Int, at mark: YAMLMark) throws(YAMLError) -> [YAMLEntry] {
        try check(depth: depth, at: mark)
        var found: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mappingEnd = event.kind { return found }
            let key = try node(from: event, depth: depth + 1)
            guard case .scalar(let scalar) = key.kind else { throw .keyNotText(source.location(of: event.mark)) }
            if let line = lines.updateValue(event.mark.line, forKey: scalar.text) {
                throw .duplicateKey(scalar.text, source.location(of: event.mark), firstLine: line)
            }
            let value = try node(from: try next(), depth: depth + 1)
            found.append(YAMLEntry(key: scalar.text, keyMark: event.mark, value: value))
        }
    }

    /// Only a finished node has its anchor known, so a node cannot hold itself.
    private mutating func resolve(_ anchor: String, at mark: YAMLMark) throws(YAMLError) -> YAMLNode {
        guard let (node, size) = anchors[anchor] else { throw .unknownAlias(anchor, source.location(of: mark)) }
        aliases += 1
        guard aliases <= limits.aliases else { throw .tooManyAliases(source.location(of: mark), limit: limits.aliases) }
        try count(size, at: mark)
        return YAMLNode(node.kind, at: mark)
    }

    private mutating func count(_ more: Int, at mark: YAMLMark) throws(YAMLError) {
        nodes += more
        guard nodes <= limits.nodes else { throw .tooManyNodes(source.location(of: mark), limit: limits.nodes) }
    }

    private func check(depth: Int, at mark: YAMLMark) throws(YAMLError) {
        guard depth <= limits.depth else { throw .tooDeep(source.location(of: mark), limit: limits.depth) }
    }

    private func check(_ tag: String?, is name: String, at mark: YAMLMark) throws(YAMLError) {
        guard let tag, tag != "!", tag != Self.coreTags + name else { return }
        throw .unknownTag(tag, source.location(of: mark))
    }

    /// `!!str` makes text of what looks otherwise; the other core tags change nothing that the looks do not say.
    private func apply(_ tag: String?, to scalar: YAMLScalar, at mark: YAMLMark) throws(YAMLError) -> YAMLScalar {
        guard let tag else { return scalar }
        guard tag == "!" || tag == Self.coreTags + "str" else { throw .unknownTag(tag, source.location(of: mark)) }
        return YAMLScalar(text: scalar.text, isPlain: false)
    }

    private static let coreTags = "tag:yaml.org,2002:"

    private mutating func next() throws(YAMLError) -> YAMLEvent {
        do { return try parser.next() } catch { throw YAMLError(error, in: source) }
    }
}

extension YAMLError {
    /// libyaml's complaint with its place in the text.
    init(_ failure: EventParser.Failure, in source: YAMLSource) {
        if let offset = failure.offset {
            self = .character(source.location(ofByte: offset))
            return
        }
        let mark = failure.mark ?? YAMLMark(line: 1, column: 1)
        let context = failure.context.map { Context(words: $0, line: failure.contextMark?.line) }
        if source.scalar(at: mark) == "\t", failure.problem.contains("cannot start any token") {
            self = .tab(source.location(of: mark))
        } else {
            self = .syntax(source.location(of: mark), problem: failure.problem, context: context)
        }
    }
}
