import LibYAML
import Reporting
import Testing

struct MergingTests {
    private func merged(_ upper: String, _ lower: String) throws(YAMLError) -> YAMLDocument {
        try YAMLDocument.parse(Array(upper.utf8), file: "site.yaml").laid(
            over: YAMLDocument.parse(Array(lower.utf8), file: "base.yaml"), appendable: ["config"])
    }

    @Test(arguments: [
        ("a: 1", "b: 2", "b: 2\na: 1\n"), ("a: 1", "a: 2\nb: 3", "a: 1\nb: 3\n"),
        ("a: {x: 1}", "a: {w: 2}", "a:\n  w: 2\n  x: 1\n"), ("a: {x: 1}", "a: [v]", "a:\n  x: 1\n"),
        ("a: [x]", "a: [v]", "a:\n  - x\n"), ("a+: [x]", "a: [v]", "a:\n  - v\n  - x\n"),
        ("a+: [x]", "b: 1", "b: 1\na:\n  - x\n"),
        ("a: null", "a: 1\nb: 2", "b: 2\n"), ("a: ~", "a: 1\nb: 2", "b: 2\n"), ("a:", "a: 1\nb: 2", "a: null\nb: 2\n"),
        ("a: null", "b: 2", "b: 2\na: null\n"),
        ("a: {x: {p: 1}}", "a: {x: {q: 2}, z: 3}", "a:\n  x:\n    q: 2\n    p: 1\n  z: 3\n"),
        // Below config the platform reads `key+` itself.
        ("config: {k+: [x]}", "config: {j: 1}", "config:\n  j: 1\n  k+:\n    - x\n"),
        ("config: {k+: [x]}", "config: {k: [v]}", "config:\n  k:\n    - v\n    - x\n"),
        ("config: {k+: [x]}", "config: {k+: [v]}", "config:\n  k+:\n    - v\n    - x\n"),
        ("config: {k: [x]}", "config: {k+: [v]}", "config:\n  k:\n    - x\n"),
        ("a+: 1", "a: [v]", "a:\n  - v\na+: 1\n"),
    ])
    func `maps merge, lists replace, plus appends, null takes away`(upper: String, lower: String, result: String) throws
    {
        #expect(try merged(upper, lower).root.value.text == result)
    }

    @Test func `every value keeps the place where it was written`() throws {
        let document = try merged("a:\n  x: [1]\n  w+: [two]\n", "# a comment\na:\n  w: [one]\n  z: 3\n")
        #expect(
            document.reader.lines.map { "\($0.text)|\($0.location.map { "\($0.file):\($0.line)" } ?? "")" } == [
                "a:|", "  w:|", "    - one|base.yaml:3", "    - two|site.yaml:3", "  z: 3|base.yaml:4", "  x:|",
                "    - 1|site.yaml:2",
            ])
        #expect(document.reader.leaves.map(\.place) == ["a.w[0]", "a.w[1]", "a.z", "a.x[0]"])
        #expect(document.reader.leaves[2].location.excerpt == "  z: 3")
    }

    @Test func `an error shows the line of the file that is wrong`() throws {
        let reader = try merged("a: 1", "\nb: [wrong]\n").reader
        let error = #expect(throws: YAMLError.self) { try reader.map(["a"]) }
        #expect(error?.location?.description == "base.yaml:2:1")
        #expect(error?.location?.excerpt == "b: [wrong]")
    }

    @Test(arguments: [
        (
            "a+: [x]", "a: 1",
            "the file: cannot take the key \"a+\": it adds to a list, and base.yaml, line 1 has the number 1"
        ),
        (
            "config: {k+: [x]}", "config: {k: {}}",
            "config: cannot take the key \"k+\": it adds to a list, and base.yaml, line 1 has a map"
        ),
        ("a: [x]\na+: [v]", "a: [z]", "the key \"a\" stands twice, first on line 1"),
    ])
    func `what cannot be merged is refused`(upper: String, lower: String, message: String) throws {
        let error = #expect(throws: YAMLError.self) { try merged(upper, lower) }
        #expect(error?.diagnostic.message == message)
    }
}
