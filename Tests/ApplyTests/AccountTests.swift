import Apply
import BundleFixture
import Format
import Posix
import Reporting
import Testing
import Values

@Suite struct `system users are lines in the transaction` {
    static let passwd = "root:x:0:0:root:/root:/bin/sh\ntaken:x:999:999::/:/bin/false"
    static let user = SystemUser(name: "etcd", home: "/var/lib/k0s/etcd", shell: "/sbin/nologin")

    private func site(hasShadow: Bool) throws -> PlantSite {
        let site = try PlantSite { manifest in
            manifest.users = [Self.user]
            guard let owner = Owner("etcd:etcd") else { return }
            for index in manifest.entries.indices where manifest.entries[index].path.text.hasSuffix("images.tar") {
                guard case .file(var permissions, let content) = manifest.entries[index].kind else { continue }
                permissions.owner = owner
                manifest.entries[index].kind = .file(permissions, content)
            }
        }
        try Files.replace(site.root.appending("etc/passwd"), with: Array(Self.passwd.utf8))
        try Files.replace(site.root.appending("etc/group"), with: Array("root:x:0:\ntaken:x:999:\n".utf8))
        if hasShadow {
            try Files.replace(site.root.appending("etc/shadow"), with: Array("root:*:1::::::\n".utf8), mode: .secret)
        }
        return site
    }

    @Test func `a user is added with the highest free number, and its files are its own`() throws {
        let site = try site(hasShadow: true)
        #expect(try site.prepare().plan.users == [Self.user])
        try site.install()
        #expect(try site.read("etc/passwd") == Self.passwd + "\netcd:x:998:998::/var/lib/k0s/etcd:/sbin/nologin\n")
        #expect(try site.read("etc/group") == "root:x:0:\ntaken:x:999:\netcd:x:998:\n")
        #expect(try site.read("etc/shadow") == "root:*:1::::::\netcd:!*:20413::::::\n")
        #expect(try site.mode("etc/shadow") == "600")
        if site.target.givesOwners {
            let path = site.root.appending("var/lib/rancher/k3s/agent/images/images.tar")
            #expect(try Files.information(path)?.owner == 998)
        }
    }

    @Test func `without shadow none is made, and the password is locked all the same`() throws {
        let site = try site(hasShadow: false)
        try site.install()
        #expect(try site.read("etc/passwd").hasSuffix("etcd:*:998:998::/var/lib/k0s/etcd:/sbin/nologin\n"))
        #expect(try site.mode("etc/shadow") == nil)
    }

    @Test func `a second run adds nobody`() throws {
        let site = try site(hasShadow: true)
        try site.install()
        let before = try site.read("etc/passwd")
        #expect(try site.prepare().plan.users.isEmpty)
        #expect(try !site.install().isChanged)
        #expect(try site.read("etc/passwd") == before)
    }

    private func uninstall(_ site: PlantSite) throws -> Removal {
        let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
        let removal = try Removal(of: receipt, at: site.target)
        _ = try removal.run(
            runName: "x", trustsFileSystemSync: false, machine: PlayedMachine(), progress: SilentProgress())
        return removal
    }

    private func accounts(_ site: PlantSite) throws -> [String] {
        try ["etc/passwd", "etc/group", "etc/shadow"].map { try site.read($0) }
    }

    @Test func `a user that was made goes with the bundle, also after a second run`() throws {
        let site = try site(hasShadow: true)
        try Files.replace(site.root.appending("etc/passwd"), with: Array((Self.passwd + "\n").utf8))
        let before = try accounts(site)
        try site.install()
        try site.install()
        #expect(try uninstall(site).text.contains("user etcd"))
        #expect(try accounts(site) == before)
        #expect(try site.mode("etc/shadow") == "600")
    }

    @Test func `a user of the site's own stays`() throws {
        let site = try site(hasShadow: true)
        let line = "etcd:x:412:77:of the site:/srv/etcd:/bin/false\n"
        try Files.replace(site.root.appending("etc/passwd"), with: Array((Self.passwd + "\n" + line).utf8))
        try Files.replace(site.root.appending("etc/group"), with: Array("root:x:0:\netcd:x:77:\n".utf8))
        let before = try accounts(site)
        try site.install()
        #expect(try InstalledBundles.receipts(root: site.root).first?.users == [])
        #expect(try !uninstall(site).text.contains("user etcd"))
        #expect(try accounts(site) == before)
    }

    @Test func `a user who owns what stays stays too`() throws {
        let site = try site(hasShadow: true)
        guard site.target.givesOwners else { return }
        try site.install()
        let data = site.root.appending("var/lib/k0s/etcd/member")
        try Files.makeDirectories(data)
        _ = try Subprocess.run("chown", ["998:998", data.text])
        #expect(try uninstall(site).text.contains("user etcd, who owns /var/lib/k0s/etcd/member"))
        #expect(try site.read("etc/passwd").contains("etcd:x:998"))
        #expect(try site.read("etc/group").contains("etcd:x:998"))
    }

    @Test func `after a failure the files are as they were, byte for byte`() throws {
        let site = try site(hasShadow: true)
        let volumes = site.bundle.manifest.volumes
        try site.bundle.tamper(volumes[volumes.count / 2].name) { $0[$0.count / 2] ^= 1 }
        let before = try site.tree()
        #expect(throws: Diagnostic.self) { try site.install() }
        #expect(try site.tree() == before)
    }
}
