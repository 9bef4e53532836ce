/// Why bytes are not DER as they should be (X.690 §8, §10).
public enum DERFault: String, Error, Hashable, Sendable {
    /// It ends before an element does.
    case truncated = "it is cut short"
    /// BER's form of unknown length, which DER forbids.
    case indefiniteLength = "it has an element of indefinite length, which is BER"
    /// A length in more bytes than it needs, or in more than four.
    case longLength = "it has a length that is not in its shortest form"
    /// Another element than the one that belongs there.
    case unexpected = "it has another element than the one that belongs there"
    /// Bytes behind the last element.
    case surplus = "it has bytes left over"
}

/// One element of DER.
struct DERElement: Hashable {
    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// Tag, length and content.
    let whole: ArraySlice<UInt8>

    /// The elements inside.
    var reader: DERReader { DERReader(content) }
}

/// Reads DER strictly: one spelling for each value, nothing left over. Holds no state but a place, and copies nothing.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    /// Tags that are read here (X.680 §8.4); context tags are written as numbers.
    enum Tag {
        static let integer: UInt8 = 0x02
        static let octets: UInt8 = 0x04
        static let null: UInt8 = 0x05
        static let identifier: UInt8 = 0x06
        static let sequence: UInt8 = 0x30
        static let set: UInt8 = 0x31
        /// `[number]` around elements.
        static func context(_ number: UInt8) -> UInt8 { 0xA0 | number }
        /// `[number]` in place of a plain value.
        static func plainContext(_ number: UInt8) -> UInt8 { 0x80 | number }
    }

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next element, whatever it is.
    mutating func any() throws(DERFault) -> DERElement {
        let start = rest
        let tag = try byte()
        // Tags of more than one byte stand in nothing that is read here.
        guard tag & 0x1F != 0x1F else { throw .unexpected }
        let length = try length()
        guard length <= rest.count else { throw .truncated }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return DERElement(tag: tag, content: content, whole: start[start.startIndex..<content.endIndex])
    }

    /// The next element, which must have this tag.
    mutating func element(_ tag: UInt8) throws(DERFault) -> DERElement {
        let element = try any()
        guard element.tag == tag else { throw .unexpected }
        return element
    }

    /// The next element if it has this tag.
    mutating func optional(_ tag: UInt8) throws(DERFault) -> DERElement? {
        rest.first == tag ? try any() : nil
    }

    /// Everything that is left, element by element.
    mutating func all() throws(DERFault) -> [DERElement] {
        var elements: [DERElement] = []
        while !isAtEnd { elements.append(try any()) }
        return elements
    }

    /// Throws when something is left.
    func finish() throws(DERFault) { guard isAtEnd else { throw .surplus } }

    private mutating func byte() throws(DERFault) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .truncated }
        return byte
    }

    private mutating func length() throws(DERFault) -> Int {
        let first = try byte()
        guard first >= 0x80 else { return Int(first) }
        guard first != 0x80 else { throw .indefiniteLength }
        let count = Int(first & 0x7F)
        guard count <= 4 else { throw .longLength }
        var length = 0
        for _ in 0..<count { length = length << 8 | Int(try byte()) }
        guard length >= 0x80, length >> (8 * (count - 1)) != 0 else { throw .longLength }
        return length
    }
}
