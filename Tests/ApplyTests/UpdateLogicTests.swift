import Apply
import BundleFixture
import Counting
import Format
import Posix
import Reporting
import Testing
import Trust
import Values
import Verify

/// Row S5: every case of the update logic at five dates of the clock.
struct UpdateLogicTests {
    @Test(arguments: UpdateCase.allCases)
    func `is refused or overridden as it must be, whatever the clock says`(offer: UpdateCase) throws {
        let site = try offer.site()
        let policy = try offer.policy.map { try SitePolicy(reading: Array($0.utf8), at: "/etc/sealift/policy.json") }
        let before = try site.tree()
        var wrong = 0
        for clock in ClockDate.allCases {
            let found = try Self.outcome(of: offer, at: clock, on: site, under: policy)
            #expect(found == offer.outcome(at: clock), "\(offer) at \(clock)")
            wrong += found == offer.outcome(at: clock) ? 0 : 1
        }
        #expect(try site.tree() == before)
        Tally.report(
            "S5", "bundles offered at five dates of the clock", count: ClockDate.allCases.count, failing: wrong)
    }

    /// What comes of it, in the words of the expectation where those are part of what was said.
    private static func outcome(
        of offer: UpdateCase, at clock: ClockDate, on site: PlantSite, under policy: SitePolicy?
    ) throws -> UpdateCase.Outcome {
        func said(_ allowing: Allowances) throws -> Answer { try answer(site, clock, allowing, policy) }
        func part(_ words: String, of all: String) -> String { all.contains(words) ? words : all }
        switch (offer.outcome(at: clock), try said([])) {
        case (.taken(let words?), .taken(let warnings)): return .taken(part(words, of: warnings))
        case (_, .taken(let warnings)): return .taken(warnings.isEmpty ? nil : warnings)
        case (.taken, .refused(let message)): return .refused(message)
        case (.refused(let words), .refused(let message)):
            guard case .refused = try said([.downgrade, .expired]) else {
                return .overridden(message, by: [.downgrade, .expired])
            }
            return .refused(part(words, of: message))
        case (.overridden(let words, let allowance), .refused(let message)):
            guard case .refused = try said(allowance == .downgrade ? .expired : .downgrade),
                case .taken(let noted) = try said(allowance),
                noted.contains(allowance == .downgrade ? "with --allow-downgrade" : "--allow-expired was given")
            else { return .refused(message) }
            return .overridden(part(words, of: message), by: allowance)
        }
    }

    /// What policy says: the refusal's message, or all warnings.
    private enum Answer {
        case refused(String), taken(String)
    }

    private static func answer(
        _ site: PlantSite, _ clock: ClockDate, _ allowing: Allowances, _ policy: SitePolicy?
    ) throws -> Answer {
        do {
            let warnings = try site.checkPolicy(now: clock.now, allowing: allowing, under: policy)
            return .taken(warnings.map(\.message).joined(separator: "; "))
        } catch let error as any Diagnosable {
            #expect(error.diagnostic.exitCode == .policy && error.diagnostic.next?.isEmpty == false)
            return .refused(error.diagnostic.message)
        }
    }
}

/// What the site notes of the time.
struct SeenTimeTests {
    private func noted(_ site: PlantSite) throws -> String { try site.read("var/lib/sealift/clock") }

    @Test func `an installation notes the clock, and an uninstallation leaves the note`() throws {
        let site = try PlantSite()
        try site.install(now: ClockDate.normal.now)
        #expect(try noted(site) == "\(ClockDate.normal.now)\n")
        #expect(try site.mode("var/lib/sealift/clock") == "600")
        try site.uninstall()
        #expect(try noted(site) == "\(ClockDate.normal.now)\n")
    }

    @Test(arguments: [ClockDate.year1970, .beforeCreation, .year2106])
    func `of a clock that is wrong it notes the making of the bundle`(clock: ClockDate) throws {
        let site = try PlantSite()
        try site.install(now: clock.now)
        #expect(try noted(site) == "\(site.bundle.manifest.created)\n")
    }

    @Test func `it never goes back`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install(now: ClockDate.afterExpiry.now)
        try site.replaceBundle(name: "next", sequence: 2_001, text: "next")
        try site.install(now: ClockDate.normal.now)
        #expect(try noted(site) == "\(ClockDate.afterExpiry.now)\n")
    }

    @Test func `an installation that fails notes nothing`() throws {
        let site = try PlantSite()
        let failing = PlayedMachine(stuck: ["k3s.service"])
        #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: failing) }
        #expect(try !Files.exists(site.root.appending("var/lib/sealift/clock")))
    }

    @Test func `a few hours too early are a time zone`() throws {
        let site = try PlantSite { $0.expires = ClockDate.expires }
        let early = Timestamp(seconds: ClockDate.created.seconds - SiteClock.slack)
        #expect(try site.prepare(now: early).warnings.isEmpty)
        #expect(throws: TrustError.self) { try site.prepare(now: Timestamp(seconds: early.seconds - 1)) }
    }
}

/// The floor, line by line (design §4; decision 0042).
struct FloorTests {
    @Test func `what is taken over the last sequence leaves a floor that an operator can lower`() throws {
        let site = try PlantSite(sequence: 9_007_199_254_740_991)
        try site.install()
        try site.replaceBundle(name: "right", sequence: 2_000, text: "right")
        try site.install(allowing: .downgrade)
        try site.replaceBundle(name: "next", sequence: 2_001, text: "next")
        let error = #expect(throws: ApplyError.self) { try site.prepare() }
        let file = site.root.appending("var/lib/sealift/floors/line7")
        #expect(error?.diagnostic.next?.contains("remove \"\(file.text)\"") == true)
        try Files.remove(file)
        try site.install()
        #expect(try InstalledBundles.receipts(root: site.root).map(\.bundle.sequence) == [2_001])
        #expect(try site.read("var/lib/sealift/floors/line7").hasPrefix("2000\n"))
    }

    @Test func `it names the bundle, and that one may come again`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        let digest = try site.verified().rootDigest
        try site.uninstall()
        #expect(try site.read("var/lib/sealift/floors/line7") == "2000\n\(digest.hex)\n")
        #expect(throws: Never.self) { try site.prepare() }
    }

    @Test func `of two bundles of one sequence it names the one that was there last`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        try site.replaceBundle(name: "other", sequence: 2_000, text: "other!")
        try site.install(allowing: .downgrade)
        let digest = try site.verified().rootDigest
        try site.uninstall()
        #expect(try site.read("var/lib/sealift/floors/line7") == "2000\n\(digest.hex)\n")
    }

    @Test func `each bundle has its own`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        try site.uninstall()
        try site.replaceBundle(name: "other", sequence: 5) { $0.name = try #require(BundleName("line8")) }
        try site.install()
        #expect(try !Files.exists(site.root.appending("var/lib/sealift/floors/line8")))
    }

    @Test func `going back is to the recorded bundle only, and once`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        let first = try site.verified().rootDigest
        try site.upgrade(operation: [])
        #expect(try site.rollBack().bundle.digest == first)
        #expect(throws: ApplyError.noPrevious(site.bundle.manifest.name)) { try site.rollBack() }
    }
}
