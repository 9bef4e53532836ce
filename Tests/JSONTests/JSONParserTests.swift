import JSON
import Testing
import Values

@Suite struct JSONParserTests {
    @Test(
        arguments: [
            ("null", JSONValue.null), (" true\n", true), ("false", false), ("0", 0), ("-1", -1),
            ("9007199254740991", 9_007_199_254_740_991), ("-9007199254740991", -9_007_199_254_740_991),
            ("\"\"", ""), ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\u{8}\u{C}\n\r\t"),
            ("\"\\u00e9\\u20AC\"", "é€"), ("\"\\ud83d\\ude00!\"", "😀!"),
            ("\"plain é then \\n é\"", "plain é then \n é"),
            ("\"\\u0000\"", "\0"), ("[]", []), ("[ 1 , [ ] ]", [1, []]), ("{}", [:]),
            ("{\"b\":1,\"a\":{\"c\":null}}", ["b": 1, "a": ["c": nil]]),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parse(Array(text.utf8)) == value)
        #expect(try JSONValue.parse(Array(text.utf8), dialect: .foreign) == value)
    }

    @Test(
        arguments: [
            ("", JSONRefusal.unexpectedEnd, 0), ("\u{FEFF}{}", .byteOrderMark, 0), ("1 2", .trailingText, 2),
            ("{}\0", .trailingText, 2), ("tru", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte(0x4C, expected: "\"null\""), 3),
            ("[1,]", .unexpectedByte(0x5D, expected: "a value"), 3), ("[1", .unexpectedEnd, 2),
            ("[1 2]", .unexpectedByte(0x32, expected: "\",\" or \"]\""), 3),
            ("{\"a\":1,}", .unexpectedByte(0x7D, expected: "a key in quotes"), 7),
            ("{a:1}", .unexpectedByte(0x61, expected: "a key in quotes"), 1),
            ("{\"a\" 1}", .unexpectedByte(0x31, expected: "\":\""), 5), ("{\"a\"", .unexpectedEnd, 4),
            ("{\"a\":1,\"b\":2,\"a\":3}", .duplicateKey("a"), 13), ("{\"\\u0061\":1,\"a\":2}", .duplicateKey("a"), 12),
            ("\"abc", .unexpectedEnd, 4), ("\"a\nb\"", .controlByte(10), 2), ("\"\\n\u{1}\"", .controlByte(1), 3),
            ("\"\\x41\"", .badEscape, 1), ("\"\\u12G4\"", .badEscape, 1), ("\"\\u12", .unexpectedEnd, 5),
            ("\"\\", .unexpectedEnd, 2),
            ("\"\\ud83d\"", .loneSurrogate, 1), ("\"\\ude00\"", .loneSurrogate, 1), ("\"\\ud83dx\"", .loneSurrogate, 1),
            ("\"\\ud83d\\ud83d\"", .loneSurrogate, 1), ("\"\\ud83d\\n\"", .loneSurrogate, 1),
            ("01", .leadingZero, 0), ("-01", .leadingZero, 1), ("00", .leadingZero, 0), ("-", .unexpectedEnd, 1),
            ("+1", .unexpectedByte(0x2B, expected: "a value"), 0),
            (".5", .unexpectedByte(0x2E, expected: "a value"), 0),
            ("-a", .unexpectedByte(0x61, expected: "a digit"), 1), ("1.", .unexpectedEnd, 2),
            ("1e+", .unexpectedEnd, 3),
            ("'a'", .unexpectedByte(0x27, expected: "a value"), 0),
            ("NaN", .unexpectedByte(0x4E, expected: "a value"), 0),
            ("[1]//", .trailingText, 3), ("\u{A0}1", .unexpectedByte(0xC2, expected: "a value"), 0),
        ] as [(String, JSONRefusal, Int)])
    func refusesInBothDialects(text: String, refusal: JSONRefusal, offset: Int) {
        for dialect in [JSONDialect.strict, .foreign] {
            #expect(fault(Array(text.utf8), dialect: dialect) == Fault(refusal, offset))
        }
    }

    @Test(
        arguments: [
            ("-0", JSONRefusal.negativeZero), ("1.0", .notWhole), ("-0.0", .notWhole), ("1e3", .notWhole),
            ("1E-3", .notWhole),
            ("9007199254740992", .outOfRange("9007199254740992")),
            ("-9007199254740992", .outOfRange("-9007199254740992")),
            ("123456789012345678901234567890", .outOfRange("123456789012345678901234567890")),
        ] as [(String, JSONRefusal)])
    func keepsOtherNumbersOnlyFromForeignDocuments(text: String, refusal: JSONRefusal) throws {
        #expect(fault(Array(text.utf8), dialect: .strict) == Fault(refusal, 0))
        #expect(try JSONValue.parse(Array(text.utf8), dialect: .foreign) == .number(text))
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0xC3, 0xA9, 0xE2, 0x82, 0x22], 3), ([0x22, 0x5C, 0x6E, 0x80, 0x22], 3),
        ] as [([UInt8], Int)])
    func refusesWhatIsNotUTF8(bytes: [UInt8], offset: Int) {
        #expect(fault(bytes, dialect: .foreign) == Fault(.notUTF8, offset))
    }

    @Test func `keys that only look alike are two keys`() throws {
        let value = try JSONValue.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{E9}") != "e\u{301}")
    }

    @Test func `a duplicate among many keys is found and placed`() {
        let members = (0..<100).map { "\"k\($0)\":0" } + ["\"k7\":1", "\"k3\":1"]
        let text = "{" + members.joined(separator: ",") + "}"
        let offset = (["{"] + members.prefix(100).map { $0 + "," }).joined().utf8.count
        #expect(fault(Array(text.utf8), dialect: .foreign) == Fault(.duplicateKey("k7"), offset))
    }

    @Test func `depth 64 is read and 65 is refused`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[{\"a\":", count: depth / 2) + (depth % 2 == 1 ? "[" : "")).utf8)
        }
        let good = Array((String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).utf8)
        _ = try JSONValue.parse(good)
        #expect(fault(nested(65), dialect: .strict)?.refusal == .tooDeep(limit: 64))
        #expect(fault(nested(65), dialect: .strict)?.offset == 32 * 6)
        #expect(
            fault(Array(repeating: UInt8(ascii: "["), count: 100_000), dialect: .foreign)
                == Fault(.tooDeep(limit: 64), 64))
    }

    @Test func `the size limit is the last size read`() throws {
        let limits = JSONLimits(size: 4)
        _ = try JSONValue.parse(Array("null".utf8), limits: limits)
        #expect(throws: JSONError.tooLarge(5, limit: 4)) { try JSONValue.parse(Array("false".utf8), limits: limits) }
    }

    @Test func `an error names line, column and path`() {
        let text = "{\n  \"é b\": [\n    {\"name\": [true, \"ü\", x]}\n  ]\n}"
        let position = JSONPosition(line: 3, column: 26, offset: 40, path: "$[\"é b\"][0].name[2]")
        #expect(throws: JSONError.text(.unexpectedByte(0x78, expected: "a value"), at: position)) {
            try JSONValue.parse(Array(text.utf8))
        }
    }

    @Test func `every prefix of a document is refused and every byte flip ends in a verdict`() throws {
        let document = Array(#"{"a":[1,-20,"x\u00e9\n",true,null],"b":{"c":"é"}}"#.utf8)
        _ = try JSONValue.parse(document)
        for length in document.indices {
            #expect(
                fault(Array(document[..<length]), dialect: .strict)?.refusal == .unexpectedEnd, "prefix of \(length)")
        }
        for index in document.indices {
            for bit in 0..<8 {
                var damaged = document
                damaged[index] ^= 1 << UInt8(bit)
                guard let value = try? JSONValue.parse(damaged) else { continue }
                #expect(try JSONValue.parse(value.compact()) == value)
            }
        }
    }
}

private struct Fault: Equatable {
    let refusal: JSONRefusal
    let offset: Int

    init(_ refusal: JSONRefusal, _ offset: Int) {
        self.refusal = refusal
        self.offset = offset
    }
}

/// What is wrong with `bytes`, or `nil` when they are read.
private func fault(_ bytes: [UInt8], dialect: JSONDialect) -> Fault? {
    do {
        _ = try JSONValue.parse(bytes, dialect: dialect)
        return nil
    } catch {
        guard case .text(let refusal, let position) = error else { return nil }
        return Fault(refusal, position.offset)
    }
}
