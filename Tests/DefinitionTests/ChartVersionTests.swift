import Testing

@testable import Definition

struct ChartVersionTests {
    /// The order of semver.org §11, and what Helm lets pass beside it.
    @Test func `versions are ordered as semver orders them`() throws {
        let texts = [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0", "1.0.1", "v1.2", "1.10.0", "2",
        ]
        let versions = try texts.map { try #require(ChartVersion($0)) }
        #expect(versions.shuffled().sorted() == versions)
    }

    @Test(arguments: ["", "x", "1.2.3.4", "1..2", "1.2.3-", "1.2.3+", "1.2.3-a..b", "-1", "1.2.3 ", "1.2.3-ä"])
    func `other texts are no versions`(text: String) { #expect(ChartVersion(text) == nil) }

    /// Ranges with what is in them and what is not (Masterminds/semver, README).
    @Test(arguments: [
        ("1.2.3", ["1.2.3", "v1.2.3"], ["1.2.4", "1.2.3-rc.1"]), ("1.2", ["1.2.0", "1.2.9"], ["1.3.0", "1.1.9"]),
        ("1", ["1.0.0", "1.99.0"], ["2.0.0", "0.9.9"]), ("6.x", ["6.0.0", "6.7.1"], ["7.0.0", "6.7.1-rc.1"]),
        ("*", ["0.0.1", "9.0.0"], ["1.0.0-rc.1"]), ("^1.2.3", ["1.2.3", "1.9.0"], ["2.0.0", "1.2.2"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0"]), ("^0.0.3", ["0.0.3"], ["0.0.4"]), ("^1", ["1.5.0"], ["2.0.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0"]), ("~1", ["1.9.0"], ["2.0.0"]),
        (">=6 <7", ["6.0.0", "6.9.9"], ["7.0.0", "5.9.9"]), (">= 6, < 7", ["6.1.0"], ["7.0.0"]),
        (">1.2", ["1.3.0"], ["1.2.9"]), (">1.2.3", ["1.2.4"], ["1.2.3"]), ("<=1.2", ["1.2.9", "1.0.0"], ["1.3.0"]),
        ("<=1.2.3", ["1.2.3"], ["1.2.4"]), ("=1.2.3", ["1.2.3"], ["1.2.4"]),
        ("^1 || ^3", ["1.1.0", "3.1.0"], ["2.0.0"]), (">=1.0.0-0", ["1.0.0-rc.1", "1.1.0"], ["0.9.0"]),
    ])
    func `ranges take what Helm would`(text: String, inside: [String], outside: [String]) throws {
        let range = try #require(ChartVersionRange(text))
        for version in inside { #expect(range.contains(try #require(ChartVersion(version))), "\(version) in \(text)") }
        for version in outside {
            #expect(!range.contains(try #require(ChartVersion(version))), "\(version) in \(text)")
        }
    }

    @Test(arguments: ["", " ", "a", "1 - 2", ">", ">= <", "1 |", "1.x.3", "=>1", "^", "1 | 2"])
    func `other texts are no ranges`(text: String) { #expect(ChartVersionRange(text) == nil) }

    @Test func `the newest that fits is chosen, one that is written exactly so before it`() throws {
        let versions = ["1.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0"].compactMap { ChartVersion($0) }
        #expect(ChartVersionRange.all.newest(of: versions)?.description == "1.10.0")
        #expect(ChartVersionRange("2.0.0-rc.1")?.newest(of: versions)?.description == "2.0.0-rc.1")
        #expect(ChartVersionRange("3")?.newest(of: versions) == nil)
    }
}
