// Numbers, RFC 8259 §6.

extension JSONParser {
    /// Reads the number whose first byte, a digit or `-`, stands at `index`.
    mutating func number() throws(Fault) -> JSONValue {
        let start = index
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let firstDigit = index
        let magnitude = try digits()
        if bytes[firstDigit] == UInt8(ascii: "0"), index > firstDigit + 1 { throw Fault(.leadingZero, at: firstDigit) }
        let isWhole = try !fractionAndExponent()
        if isWhole, let magnitude, magnitude <= JSONValue.largestInteger, !(isNegative && magnitude == 0) {
            return .integer(isNegative ? -magnitude : magnitude)
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if dialect == .foreign { return .number(text) }
        if !isWhole { throw Fault(.notWhole, at: start) }
        throw Fault(magnitude == 0 ? .negativeZero : .outOfRange(text), at: start)
    }

    /// Reads one digit or more; `nil` when their value does not fit an `Int`.
    private mutating func digits() throws(Fault) -> Int? {
        let start = index
        var value: Int? = 0
        while index < bytes.count, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
            value = value.flatMap { times10($0, plus: Int(bytes[index]) - 0x30) }
            index += 1
        }
        guard index > start else {
            guard index < bytes.count else { throw Fault(.unexpectedEnd, at: index) }
            throw Fault(.unexpectedByte(bytes[index], expected: "a digit"), at: index)
        }
        return value
    }

    private func times10(_ value: Int, plus digit: Int) -> Int? {
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, secondOverflow) = tens.addingReportingOverflow(digit)
        return overflow || secondOverflow ? nil : sum
    }

    /// Passes over what may follow the whole part; says whether there was anything.
    private mutating func fractionAndExponent() throws(Fault) -> Bool {
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            _ = try digits()
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            _ = try digits()
        }
        return index > start
    }
}
