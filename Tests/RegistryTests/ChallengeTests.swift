import Testing

@testable import Registry

@Suite struct ChallengeTests {
    @Test(
        arguments: [
            (
                #"Bearer realm="https://a.b/token",service="s""#,
                ["bearer": ["realm": "https://a.b/token", "service": "s"]]
            ),
            (
                #"bearer REALM="https://a.b/t", Service=s , scope="repository:a/b:pull,push""#,
                ["bearer": ["realm": "https://a.b/t", "service": "s", "scope": "repository:a/b:pull,push"]]
            ),
            (#"Basic realm="a \"quoted\" \\ realm""#, ["basic": ["realm": #"a "quoted" \ realm"#]]),
            (
                #"Negotiate, Bearer realm="r",service="s, with comma", Basic realm="b""#,
                ["negotiate": [:], "bearer": ["realm": "r", "service": "s, with comma"], "basic": ["realm": "b"]]
            ),
            (#"Negotiate dGVzdA==, Basic realm="b""#, ["negotiate": [:], "basic": ["realm": "b"]]),
            (#"Bearer realm="r" , realm="second""#, ["bearer": ["realm": "r"]]),
            (#",, Basic realm=b,,"#, ["basic": ["realm": "b"]]),
            ("Basic", ["basic": [:]]),
            (#"Bearer realm = "r""#, ["bearer": ["realm": "r"]]),
            ("", [:]),
            ("=", [:]),
            (#"Bearer realm="never ends"#, ["bearer": [:]]),
            ("\"quoted\"", [:]),
        ] as [(String, [String: [String: String]])])
    func reads(field: String, challenges: [String: [String: String]]) {
        let found = Challenge.parse([field])
        #expect(found.count == challenges.count)
        #expect(Dictionary(uniqueKeysWithValues: found.map { ($0.scheme, $0.parameters) }) == challenges)
    }

    @Test func `every field counts, and none is read without end`() {
        #expect(Challenge.parse(["Negotiate", #"Bearer realm="r""#]).map(\.scheme) == ["negotiate", "bearer"])
        #expect(Challenge.parse([String(repeating: "Basic realm=b, ", count: 1_000)]).isEmpty)
        #expect(Challenge.parse([String(repeating: "Basic realm=b, ", count: 100)]).count == Challenge.limit)
    }
}
