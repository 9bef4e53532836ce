import Apply
import Format
import Posix
import Testing
import Values

/// A platform may rename a file once it has taken it in (docs/format.md §7, `renamed`).
@Suite struct `a file that the platform renames` {
    private static let path = "var/lib/rancher/k3s/agent/images/images.tar"

    private func site() throws -> PlantSite {
        try PlantSite { manifest in
            for index in manifest.entries.indices where manifest.entries[index].path.text == Self.path {
                manifest.entries[index].renamed = ".loaded"
            }
        }
    }

    private func rename(_ site: PlantSite) throws {
        try Files.rename(site.root.appending(Self.path), to: site.root.appending(Self.path + ".loaded"))
    }

    @Test func `counts as laid, and is not laid again`() throws {
        let site = try site()
        try site.install()
        try rename(site)
        let before = try site.tree()
        #expect(try site.prepare().plan.isUnchanged)
        #expect(try !site.install().isChanged)
        #expect(try site.tree() == before)
    }

    @Test func `is laid anew where its bytes are others`() throws {
        let site = try site()
        try site.install()
        try rename(site)
        try Files.replace(site.root.appending(Self.path + ".loaded"), with: [1, 2, 3])
        let items = try site.prepare().plan.items.filter { $0.action == .create }
        #expect(items.map(\.path.text) == [Self.path])
    }

    @Test func `is gone only when it has neither name`() throws {
        let site = try site()
        try site.install()
        try rename(site)
        let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
        #expect(try drift(receipt, site) == [])
        try Files.remove(site.root.appending(Self.path + ".loaded"))
        #expect(try drift(receipt, site) == [Self.path])
    }

    private func drift(_ receipt: Receipt, _ site: PlantSite) throws -> [String] {
        let state = try InstalledState(
            of: receipt, at: site.target, machine: PlayedMachine(), workers: 1, now: Timestamp(seconds: 1_763_700_000))
        return state.drift.map { $0.path.text }
    }
}
