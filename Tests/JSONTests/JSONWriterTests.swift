import JSON
import Reporting
import Testing

@Suite struct JSONWriterTests {
    @Test func `the example of the format document is written as it stands there`() {
        let value: JSONValue = [
            "obj": ["y": 2, "x": ["deep": 1]], "none": [], "a": 1,
            "list": [["n": [1, 2], "k": "v"], ["k": "w"]],
        ]
        let text = """
            {
              "a": 1,
              "list": [
                {"k":"v","n":[1,2]},
                {"k":"w"}
              ],
              "none": [],
              "obj": {
                "x": {"deep":1},
                "y": 2
              }
            }

            """
        #expect(String(decoding: value.canonical(), as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            (nil, "null"), ([:], "{}"), ([], "[]"), (["a": [:]], "{\n  \"a\": {}\n}"),
            ([1, ["b": 1, "a": 2]], "[1,{\"a\":2,\"b\":1}]"), (-5, "-5"),
            ("\"\\/\n\u{1F}\u{7F}é\u{2028}", "\"\\\"\\\\/\\u000a\\u001f\u{7F}é\u{2028}\""),
            (["é": 1, "z": 2, "Z": 3, "a\"": 4], "{\n  \"Z\": 3,\n  \"a\\\"\": 4,\n  \"z\": 2,\n  \"é\": 1\n}"),
        ] as [(JSONValue, String)])
    func writesCanonically(value: JSONValue, text: String) throws {
        #expect(String(decoding: value.canonical(), as: UTF8.self) == text + "\n")
        #expect(try JSONValue.parse(value.canonical()).canonical() == value.canonical())
    }

    @Test(
        arguments: [
            (["b": 1, "a": [nil, true, "\t"]], #"{"b":1,"a":[null,true,"\u0009"]}"#),
            (["x": .number("1.50e3")], #"{"x":1.50e3}"#),
        ] as [(JSONValue, String)])
    func writesCompactlyInOrder(value: JSONValue, text: String) {
        #expect(String(decoding: value.compact(), as: UTF8.self) == text)
    }

    @Test func `a diagnostic becomes an object`() {
        let diagnostic = Diagnostic("no", details: [.init("in", "x")], exitCode: .usage)
        let text = #"{"severity":"error","message":"no","details":[{"label":"in","text":"x"}],"exitCode":2}"#
        #expect(String(decoding: JSONValue(diagnostic.fields).compact(), as: UTF8.self) == text)
    }
}
