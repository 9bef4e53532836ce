/// A tree of DER that tests change and write again.
struct DERTree {
    var tag: UInt8
    var children: [DERTree]
    /// Content of what has no children.
    var bytes: [UInt8]

    init(_ tag: UInt8, _ bytes: [UInt8]) { (self.tag, children, self.bytes) = (tag, [], bytes) }
    init(_ tag: UInt8, children: [DERTree]) { (self.tag, self.children, bytes) = (tag, children, []) }

    /// Reads one element; constructed ones into their children.
    init(reading encoded: ArraySlice<UInt8>) {
        var rest = encoded
        self = Self.next(&rest)
        precondition(rest.isEmpty, "one element of DER")
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) -> DERTree {
        let tag = rest.removeFirst()
        let first = rest.removeFirst()
        var length = Int(first)
        if first >= 0x80 {
            length = 0
            for _ in 0..<(first & 0x7F) { length = length << 8 | Int(rest.removeFirst()) }
        }
        var content = rest.prefix(length)
        rest = rest.dropFirst(length)
        guard tag & 0x20 != 0 else { return DERTree(tag, Array(content)) }
        var children: [DERTree] = []
        while !content.isEmpty { children.append(next(&content)) }
        return DERTree(tag, children: children)
    }

    var encoded: [UInt8] {
        let content = tag & 0x20 == 0 ? bytes : children.flatMap(\.encoded)
        return [tag] + Self.length(content.count) + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        switch count {
        case ..<0x80: [UInt8(count)]
        case ..<0x100: [0x81, UInt8(count)]
        default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        }
    }

    subscript(_ path: Int...) -> DERTree {
        get { path.reduce(self) { $0.children[$1] } }
        set { replace(path[...], newValue) }
    }

    private mutating func replace(_ path: ArraySlice<Int>, _ value: DERTree) {
        guard let first = path.first else {
            self = value
            return
        }
        children[first].replace(path.dropFirst(), value)
    }
}
