import Testing
import Values

@Suite struct VersionTests {
    /// Each older than the next.
    private static let ladder = [
        "v0.9", "v1.9.9", "v1.10.0", "v1.31.4-alpha.1+k3s1", "v1.31.4-alpha.2+k3s1", "v1.31.4-beta.1+k3s1",
        "v1.31.4-rc1+k3s1",
        "v1.31.4-rc1+k3s2", "v1.31.4-rc2+k3s1", "v1.31.4-rc10+k3s1", "v1.31.4", "v1.31.4+k3s1", "v1.31.4+k3s2",
        "v1.31.4+k3s10",
        "v1.31.10+k3s1", "v1.36.3+k0s.0", "v1.36.3+k0s.2", "v1.36.3+k0s.10", "v2", "v2.0.1", "v100000000000000000000.1",
    ]

    @Test func `versions are ordered as their makers order them`() {
        let versions = Self.ladder.map { Version($0) }
        for (left, a) in versions.enumerated() {
            for (right, b) in versions.enumerated() {
                #expect((a < b) == (left < right), "\(a) < \(b)")
                #expect((a == b) == (left == right), "\(a) == \(b)")
            }
        }
        #expect(versions.reversed().sorted() == versions)
    }

    @Test(arguments: [
        ("1.0", "1.0.0"), ("v1.0", "1.0"), ("1.01", "1.1"), ("1.0+a", "1.0.0+a"), ("1.0+k01", "1.0+k1"), ("", "x"),
        ("x", "y"),
        ("1.0-", "1.0"), ("1.0+", "1.0"),
    ])
    func `of two spellings one always comes first`(left: String, right: String) {
        let (a, b) = (Version(left), Version(right))
        #expect(a != b)
        #expect((a < b) != (b < a))
    }

    @Test(arguments: [("1.0", "1.0.0+k3s1"), ("v1.31.4", "1.31.5"), ("1.31.4", "v1.31.5"), ("1.0-rc1", "1.0.0")])
    func `the spelling matters less than the numbers`(older: String, newer: String) {
        #expect(Version(older) < Version(newer))
        #expect(!(Version(newer) < Version(older)))
    }

    @Test(
        arguments: [
            ("v1.31.4+k3s1", "v1.31", [1, 31, 4], false), ("1.31.4", "1.31", [1, 31, 4], false),
            ("v1.31.4-rc1+k3s1", "v1.31", [1, 31, 4], true),
            ("v1", nil, [1], false), ("2026.11.0", "2026.11", [2026, 11, 0], false), ("", nil, [], false),
            ("latest", nil, [], false),
            ("v1.31.4+k3s1-rc", "v1.31", [1, 31, 4], false), ("v1.x.3", nil, [1], false),
        ] as [(String, String?, [Int], Bool)])
    func `a version knows its parts`(text: String, line: String?, numbers: [Int], isPrerelease: Bool) {
        let version = Version(text)
        #expect(version.minorLine == line)
        #expect(version.numbers == numbers)
        #expect(version.isPrerelease == isPrerelease)
        #expect(version.description == text)
    }

    @Test(arguments: UInt64(0)..<16)
    func `the order is total and transitive`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["v", "1", "2", "10", ".", ".", "-", "+", "rc", "k3s", "0", "01", "x"]
        let versions = (0..<12).map { _ in
            Version(
                (0..<Int.random(in: 0..<7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                    .joined())
        }
        for a in versions {
            for b in versions {
                #expect([a < b, a == b, b < a].count { $0 } == 1, "\(a), \(b)")
                for c in versions where a < b && b < c { #expect(a < c, "\(a) < \(b) < \(c)") }
            }
        }
    }
}
