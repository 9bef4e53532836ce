import JSON
import Reporting
import Testing

@Suite struct JSONReaderTests {
    private let sample: JSONValue = [
        "name": "line7", "size": 42, "good": true, "tags": ["a", "b"], "inner": ["x": 1],
        "parts": [["n": 1], ["n": 2]],
    ]

    @Test func `reads every member by its type and is then finished`() throws {
        let reader = try JSONReader(sample)
        #expect(try reader.string("name") == "line7")
        #expect(try reader.integer("size", in: 0...42) == 42)
        #expect(try reader.bool("good"))
        #expect(try reader.strings("tags") == ["a", "b"])
        let inner = try reader.object("inner")
        #expect(try inner.integer("x") == 1)
        try inner.finish()
        let numbers = try reader.array("parts") { (item) throws(JSONError) in try item.object().integer("n") }
        #expect(numbers == [1, 2])
        #expect(try reader.optionalString("absent") == nil)
        try reader.finish()
    }

    @Test func `names every unknown member`() throws {
        let reader = try JSONReader(sample, path: "$.target")
        _ = try reader.string("name")
        _ = try reader.items("tags")
        #expect(throws: JSONError.unknownKeys(["size", "good", "inner", "parts"], path: "$.target")) {
            try reader.finish()
        }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 130])
    func `finish counts objects of any size`(count: Int) throws {
        var object = JSONObject()
        for number in 0..<count { object.append("k\(number)", .integer(number)) }
        let reader = try JSONReader(.object(object))
        for number in 0..<count where number != count - 1 { _ = try reader.integer("k\(number)") }
        if count > 0 {
            #expect(throws: JSONError.unknownKeys(["k\(count - 1)"], path: "$")) { try reader.finish() }
            #expect(try reader.integer("k\(count - 1)") == count - 1)
        }
        try reader.finish()
    }

    @Test func `a failure says where and what`() throws {
        let reader = try JSONReader(sample)
        #expect(throws: JSONError.missing(key: "digest", path: "$")) { try reader.string("digest") }
        #expect(throws: JSONError.wrongKind(path: "$.size", expected: "a string", found: "a whole number")) {
            try reader.string("size")
        }
        #expect(throws: JSONError.wrongKind(path: "$.name", expected: "an object", found: "a string")) {
            try reader.object("name")
        }
        #expect(throws: JSONError.wrongKind(path: "$.tags[0]", expected: "a whole number", found: "a string")) {
            try reader.array("tags") { (item) throws(JSONError) in try item.integer() }
        }
        #expect(throws: JSONError.invalid(path: "$.size", expected: "from 1 to 9", found: "42")) {
            try reader.integer("size", in: 1...9)
        }
        #expect(throws: JSONError.invalid(path: "$.name", expected: "a number in words", found: "line7")) {
            try reader.parsed("name", as: "a number in words") { Int($0) }
        }
        #expect(throws: JSONError.wrongKind(path: "$", expected: "an object", found: "an array")) {
            try JSONReader([])
        }
    }

    @Test func `null is absent only in foreign documents`() throws {
        let value: JSONValue = ["layers": nil]
        #expect(try JSONReader(value, dialect: .foreign).optionalString("layers") == nil)
        #expect(throws: JSONError.wrongKind(path: "$.layers", expected: "a string", found: "null")) {
            try JSONReader(value).optionalString("layers")
        }
        let nested = try JSONReader(["a": ["b": nil]], dialect: .foreign).object("a")
        #expect(throws: JSONError.missing(key: "b", path: "$.a")) { try nested.string("b") }
    }

    @Test func `a diagnostic names the document and the place`() {
        let error = JSONError.text(
            .duplicateKey("a\n"), at: JSONPosition(line: 2, column: 3, offset: 9, path: "$.x"))
        let diagnostic = error.diagnostic(of: "manifest.json", exitCode: .damaged)
        #expect(diagnostic.message == #"cannot read "manifest.json": the key "a\n" comes twice in one object"#)
        #expect(diagnostic.location == SourceLocation(file: "manifest.json", line: 2, column: 3))
        #expect(diagnostic.details == [.init("at", "byte 9, in $.x")])
    }
}
