// Strings, RFC 8259 §7.

extension JSONParser {
    /// Reads the string whose opening quote stands at `index`.
    mutating func string() throws(Fault) -> String {
        index += 1
        let start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let text = try text(of: start..<index)
                index += 1
                return text
            case UInt8(ascii: "\\"): return try stringWithEscapes(from: start)
            case 0..<0x20: throw Fault(.controlByte(bytes[index]), at: index)
            default: index += 1
            }
        }
        throw Fault(.unexpectedEnd, at: index)
    }

    private func text(of range: Range<Int>) throws(Fault) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw Fault(.notUTF8, at: firstInvalidByte(of: range))
        }
        return text
    }

    /// Reads on from the first backslash, at `index`; `start` is behind the opening quote.
    private mutating func stringWithEscapes(from start: Int) throws(Fault) -> String {
        var text = try text(of: start..<index)
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return text
            case UInt8(ascii: "\\"): text.unicodeScalars.append(try escape())
            case 0..<0x20: throw Fault(.controlByte(bytes[index]), at: index)
            default: text += try plainRun()
            }
        }
        throw Fault(.unexpectedEnd, at: index)
    }

    private mutating func plainRun() throws(Fault) -> String {
        let start = index
        while index < bytes.count, bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\""),
            bytes[index] != UInt8(ascii: "\\")
        {
            index += 1
        }
        return try text(of: start..<index)
    }

    /// Reads the escape whose backslash stands at `index`.
    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        let start = index
        guard start + 1 < bytes.count else { throw Fault(.unexpectedEnd, at: bytes.count) }
        index += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw Fault(.badEscape, at: start)
        }
    }

    /// Reads the digits behind `\u`, and the second half of a surrogate pair.
    private mutating func unicodeEscape(from start: Int) throws(Fault) -> Unicode.Scalar {
        let unit = try fourDigits(of: start)
        if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
        guard UTF16.isLeadSurrogate(unit), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw Fault(.loneSurrogate, at: start) }
        let second = index
        index += 2
        let trail = try fourDigits(of: second)
        guard UTF16.isTrailSurrogate(trail) else { throw Fault(.loneSurrogate, at: start) }
        let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw Fault(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func fourDigits(of escape: Int) throws(Fault) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard index < bytes.count else { throw Fault(.unexpectedEnd, at: index) }
            guard let digit = hexDigit(bytes[index]) else { throw Fault(.badEscape, at: escape) }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    private func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte) - 0x61 + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte) - 0x41 + 10
        default: nil
        }
    }
}
