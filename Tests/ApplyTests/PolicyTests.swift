import Apply
import BundleFixture
import Format
import Posix
import Reporting
import Testing
import Trust
import Values

@Suite struct `what policy forbids is refused before anything is staged` {
    @Test func `an older bundle, unless it is meant`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        try site.replaceBundle(name: "older", sequence: 1_999)
        #expect(throws: ApplyError.self) { try site.prepare() }
        #expect(throws: Never.self) { try site.prepare(allowing: .downgrade) }
    }

    @Test func `another bundle of the same sequence`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        try site.replaceBundle(name: "other", sequence: 2_000, text: "forged")
        let error = #expect(throws: ApplyError.self) { try site.prepare() }
        #expect(error?.diagnostic.exitCode == .policy)
    }

    @Test func `an expired bundle`() throws {
        let expires = Timestamp(seconds: 1_763_700_000)
        let site = try PlantSite { $0.expires = expires }
        #expect(throws: Never.self) { try site.prepare(now: expires) }
        let late = Timestamp(seconds: expires.seconds + 1)
        #expect(
            throws: TrustError.expired(
                expires, SiteClock(now: late, created: site.bundle.manifest.created, seen: nil))
        ) { try site.prepare(now: late) }
    }

    @Test(arguments: [
        "usr/bin/sudo", "root/.ssh/authorized_keys", "var/lib/sealift/receipts/x.json", "boot/x", "opt", "home",
    ])
    func `a place outside the allowed folders`(place: String) throws {
        let path = try Sample.path(place)
        let site = try PlantSite {
            $0.entries = $0.entries.map { entry in
                guard entry.path.text == "usr/local/bin/kubectl" else { return entry }
                return Entry(path: entry.path, destination: path, kind: entry.kind)
            }
        }
        #expect(throws: ApplyError.outsideRoots(path)) { try site.prepare() }
    }

    @Test func `a path of another bundle`() throws {
        let site = try PlantSite()
        try site.install()
        try site.replaceBundle(name: "addon", sequence: 1) { manifest in
            guard let name = BundleName("addon") else { return }
            manifest.name = name
        }
        let error = #expect(throws: ApplyError.self) { try site.prepare() }
        #expect(error?.diagnostic.exitCode == .policy)
    }

    @Test func `an owner that nobody knows`() throws {
        guard try PlantSite().target.givesOwners else { return }
        let owner = try #require(Owner("nosuch:root"))
        let site = try PlantSite { manifest in
            for index in manifest.entries.indices {
                if case .file(var permissions, let content) = manifest.entries[index].kind {
                    permissions.owner = owner
                    manifest.entries[index].kind = .file(permissions, content)
                }
            }
        }
        let before = try site.tree()
        let error = #expect(throws: Diagnostic.self) { try site.install() }
        #expect(error?.exitCode == .requirements)
        #expect(try site.tree() == before)
    }
}
