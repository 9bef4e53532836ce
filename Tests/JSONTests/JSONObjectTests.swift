import JSON
import Testing

@Suite struct JSONObjectTests {
    @Test(arguments: [3, 12, 13, 40])
    func `finds, replaces, removes and appends by key`(count: Int) {
        var object = JSONObject()
        for number in (0..<count).reversed() { object["k\(number)"] = .integer(number) }
        #expect(object.keys == (0..<count).reversed().map { "k\($0)" })
        for number in 0..<count { #expect(object["k\(number)"] == .integer(number)) }
        #expect(object["k\(count)"] == nil)
        object["k1"] = "new"
        object["k0"] = nil
        object["absent"] = nil
        #expect(object.count == count - 1)
        #expect(object["k1"] == "new")
        #expect(object["k0"] == nil)
        object.append("k0", true)
        #expect(object.keys.last == "k0")
        #expect(object["k0"] == true)
    }
}
