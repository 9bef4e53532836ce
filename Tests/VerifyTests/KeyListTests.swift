import Counting
import Testing

@testable import Verify

/// Rotation and revocation by a chain of key lists, as a site meets them.
struct KeyListTests {
    @Test func `of chains, lists and signatures only the right ones are taken, and nothing of the site changes`() throws
    {
        let cases =
            KeyListCase.right + KeyListCase.wronglySigned + KeyListCase.wronglyFollowed + KeyListCase.wrongChains
            + KeyListCase.wrongLists
        var failing = 0
        for item in cases {
            let site = try KeyListSite()
            try item.prepare(site)
            let before = try site.state()
            let verdict = try KeyListCase.verdict(of: site)
            let isRight = try verdict == item.wanted && site.state() == before
            if !isRight { failing += 1 }
            #expect(isRight, "\(item.testDescription): \(verdict)")
        }
        print("S4: \(cases.count - failing) of \(cases.count) as they must")
        Tally.report("S4", "chains of key lists, brought to a site", count: cases.count, failing: failing)
    }
}
