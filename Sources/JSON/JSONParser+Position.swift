extension JSONParser {
    /// Line, column and path of a fault; counted only now, so that a good document pays nothing for it.
    func position(of fault: Fault) -> JSONPosition {
        let before = bytes[..<min(fault.offset, bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Continuation bytes of UTF-8 begin no scalar.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        let path = "$" + fault.links.reversed().joined()
        return JSONPosition(line: line, column: column, offset: fault.offset, path: path)
    }

    /// The offset of the first byte in `range` that does not continue well-formed UTF-8.
    func firstInvalidByte(of range: Range<Int>) -> Int {
        var decoder = UTF8()
        var rest = bytes[range].makeIterator()
        var offset = range.lowerBound
        while case .scalarValue(let scalar) = decoder.decode(&rest) { offset += UTF8.width(scalar) }
        return offset
    }
}
