import JSON
import Testing

@testable import Transaction

/// The text of a journal: a damaged one is refused in words, since recovery goes by it.
@Suite struct JournalTests {
    @Test func `what is written is read as the same journal`() throws {
        let text = Self.text(area: 0, kept: 0)
        #expect(try JournalText(JournalText(text).bytes) == JournalText(text))
    }

    @Test(arguments: [-1, 1, Int(Int32.max)])
    func `a change in an area that is not there is refused`(area: Int) {
        let refusal = JSONError.invalid(path: "$.changes", expected: "the number of one of 1 areas", found: "\(area)")
        #expect(throws: refusal) { try JournalText(Self.text(area: area, kept: 0)) }
    }

    @Test(arguments: [-1, 1])
    func `a kept name in an area that is not there is refused`(area: Int) {
        let refusal = JSONError.invalid(path: "$.kept", expected: "the number of one of 1 areas", found: "\(area)")
        #expect(throws: refusal) { try JournalText(Self.text(area: 0, kept: area)) }
    }

    private static func text(area: Int, kept: Int) -> [UInt8] {
        let change = #"{"area": \#(area), "number": 1, "place": "etc/a", "replaces": true}"#
        return Array(
            #"""
            {"areas": ["etc/.s"], "changes": [\#(change)], "farewells": [], "format": 1,
             "kept": [{"area": \#(kept), "name": "old-1"}], "made": []}
            """#.utf8)
    }
}
