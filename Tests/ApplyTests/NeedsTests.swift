import Apply
import BundleFixture
import Format
import Posix
import Reporting
import Testing
import Values
import Verify

@Suite struct `add-ons and the bundle that they stand on` {
    /// Makes of the bundle of ``PlantSite`` an add-on for it, with one link.
    private func make(
        _ change: @escaping (inout Manifest) throws -> Void = { _ in }
    ) -> (inout Manifest) throws -> Void {
        { manifest in
            let needed = manifest.name
            manifest.name = try #require(BundleName("camera"))
            manifest.needs = [Need(bundle: needed, profile: manifest.target.profile)]
            manifest.entries = try manifest.entries.filter { $0.path.text == "usr/local/bin/kubectl" }.map { entry in
                var entry = entry
                entry.path = try MemberPath(validating: "usr/local/bin/camera")
                return entry
            }
            manifest.steps = []
            manifest.variables = []
            manifest.images = []
            try change(&manifest)
        }
    }

    private func refusal(_ site: PlantSite, role: String = "server") throws -> Diagnostic {
        let before = try site.tree()
        let error = #expect(throws: ApplyError.self) { try site.prepare(role: role, values: []) }
        #expect(try site.tree() == before)
        let diagnostic = try #require(error?.diagnostic)
        #expect(diagnostic.exitCode == .policy)
        return diagnostic
    }

    @Test func `without the platform's bundle it is refused`() throws {
        let site = try PlantSite(change: make())
        let refusal = try refusal(site)
        #expect(refusal.message.hasPrefix("camera is an add-on for "))
        #expect(refusal.next?.hasPrefix("install ") == true)
    }

    @Test(arguments: ["version", "platform", "profile", "role"])
    func `on another version, platform, profile or role it is refused`(what: String) throws {
        let site = try PlantSite()
        try site.install()
        try site.replaceBundle(
            name: "addon", sequence: 1,
            change: make {
                let need = $0.needs[0]
                let other = try #require(VersionRange([">=v9999"]))
                switch what {
                case "version": $0.needs = [Need(bundle: need.bundle, profile: need.profile, versions: other)]
                case "platform": $0.needs = [Need(bundle: need.bundle, profile: need.profile, platform: other)]
                case "profile": $0.needs = [Need(bundle: need.bundle, profile: "other")]
                default: break
                }
            })
        let refusal = try refusal(site, role: what == "role" ? "agent" : "server")
        #expect(what == "role" || refusal.details.contains { $0.label == "installed" })
    }

    @Test func `on its platform it is installed, and the platform stays as long as it does`() throws {
        let site = try PlantSite()
        let below = try site.install().receipt
        try site.replaceBundle(name: "addon", sequence: 1, change: make())
        let above = try site.install(values: []).receipt
        #expect(above.needs.map(\.bundle) == [below.bundle.name])
        let receipts = try InstalledBundles.receipts(root: site.root)
        #expect(receipts.count == 2)
        #expect(Needs.role(of: site.bundle.manifest, on: receipts) == "server")
        #expect(throws: ApplyError.needed(below.bundle.name, by: [above.bundle.name])) {
            try Needs.checkRemoval(of: below, from: receipts)
        }
        #expect(throws: Never.self) { try Needs.checkRemoval(of: above, from: receipts) }
    }

    @Test func `a platform that outgrows an add-on is told so, not refused`() throws {
        let site = try PlantSite()
        let platform = try site.verified().manifest
        try site.install()
        let range = try #require(VersionRange(["<=" + platform.version.description]))
        try site.replaceBundle(
            name: "addon", sequence: 1,
            change: make { $0.needs = [Need(bundle: platform.name, profile: platform.target.profile, versions: range)] }
        )
        try site.install(values: [])
        let receipts = try InstalledBundles.receipts(root: site.root)
        #expect(Needs.outgrown(by: platform, among: receipts).isEmpty)
        var next = platform
        next.version = try #require(BundleVersion("9999.1"))
        #expect(Needs.outgrown(by: next, among: receipts).map(\.severity) == [.warning])
    }
}
