import Apply
import BundleFixture
import FaultInjection
import Format
import Glibc
import LibCrypto
import Posix
import Reporting
import Testing
import Transaction
import Values
import Verify

@Suite struct `a bundle is laid as its manifest says` {
    @Test func `every file has its content, mode and place`() throws {
        let site = try PlantSite()
        let outcome = try site.install()
        #expect(outcome.isChanged)
        for (path, mode) in [
            ("usr/local/bin/k3s", "755"), ("etc/rancher/k3s", "755"), ("var/lib/rancher", "700"),
            ("etc/systemd/system/k3s.service", "644"), ("etc/systemd/system/k3s.service.env", "600"),
            ("var/lib/rancher/k3s/agent/images", "755"), ("var/lib/rancher/k3s/agent/images/.cache.json", "644"),
            ("var/lib/sealift/receipts", "700"), ("var/lib/sealift/receipts/line7.json", "600"),
        ] { #expect(try site.mode(path) == mode, "\(path)") }
        for (path, content) in PlantSite.contents("binary")
        where !path.contains("sealift.yaml") && !path.contains("env") {
            guard !path.contains("agent.service") else { continue }
            #expect(try Files.read(site.root.appending(path), limit: .mebibytes(1)) == content, "\(path)")
        }
        #expect(try site.tree().contains("/usr/local/bin/kubectl -> k3s"))
    }

    @Test func `templates hold the values, and lines without a value are left out`() throws {
        let site = try PlantSite()
        try site.install()
        #expect(try site.read("etc/rancher/k3s/config.yaml.d/00-sealift.yaml") == "node-ip: \"10.0.0.7\"\n")
        #expect(try site.read("etc/systemd/system/k3s.service.env") == "K3S_TOKEN=\"s3cret\\\"token\"\n")
    }

    @Test func `a role gets its own files only`() throws {
        let site = try PlantSite()
        try site.install(role: "agent", values: PlantSite.values + ["K3S_URL=https://10.0.0.1:6443"])
        #expect(try site.mode("etc/systemd/system/k3s.service") == nil)
        #expect(try site.mode("etc/systemd/system/k3s-agent.service") == "644")
        #expect(
            try site.read("etc/rancher/k3s/config.yaml.d/00-sealift.yaml")
                == "node-ip: \"10.0.0.7\"\nserver: \"https://10.0.0.1:6443\"\n")
    }

    @Test func `in an image units are enabled by links, and nothing is started`() throws {
        let site = try PlantSite()
        let machine = PlayedMachine()
        try site.install(machine: machine)
        let link = "/etc/systemd/system/multi-user.target.wants/k3s.service -> /etc/systemd/system/k3s.service"
        #expect(try site.tree().contains(link))
        #expect(machine.commands == [])
        #expect(try site.prepare().plan.skipped.map(\.kindName) == ["module", "sysctl"])
    }

    @Test func `nothing of a staging folder or a journal is left`() throws {
        let site = try PlantSite()
        try site.install()
        #expect(!(try site.tree()).contains { $0.contains(".sealift-") || $0.contains("journal") })
    }

    @Test func `the receipt names what was laid, and no secret`() throws {
        let site = try PlantSite()
        let receipt = try site.install().receipt
        #expect(try InstalledBundles.receipts(root: site.root) == [receipt])
        #expect(receipt.role == "server")
        #expect(receipt.values.map(\.name) == ["NODE_IP"])
        #expect(receipt.keys == [site.bundle.key.fingerprint])
        let secretFile = receipt.files.first { $0.path.text == "etc/systemd/system/k3s.service.env" }
        #expect(secretFile?.kind == .file(Permissions(mode: .secret), nil))
        #expect(!(try site.read("var/lib/sealift/receipts/line7.json")).contains("s3cret"))
        let folders = receipt.files.filter { if case .directory = $0.kind { true } else { false } }.map(\.path.text)
        #expect(folders.contains("etc/systemd") && !folders.contains("etc"))
    }

    @Test func `a second run changes nothing, and says so`() throws {
        let site = try PlantSite()
        let receipt = try site.install().receipt
        let before = try site.tree()
        let inode = try Files.information(site.root.appending("usr/local/bin/k3s"))?.inode
        #expect(try site.prepare().plan.isUnchanged)
        let again = try site.install()
        #expect(!again.isChanged)
        #expect(again.receipt == receipt)
        #expect(try site.tree() == before)
        #expect(try Files.information(site.root.appending("usr/local/bin/k3s"))?.inode == inode)
    }

    @Test func `only what differs is written again`() throws {
        let site = try PlantSite()
        try site.install()
        try Files.replace(site.root.appending("usr/local/bin/k3s"), with: [1], mode: .executable)
        let plan = try site.prepare().plan
        #expect(plan.items.filter { $0.action == .replace }.map(\.path.text) == ["usr/local/bin/k3s"])
        #expect(plan.chunks.count < site.bundle.manifest.chunks.count)
        #expect(try site.install().isChanged)
        #expect(try site.read("usr/local/bin/k3s").hasPrefix("binary\nbinary"))
    }

    @Test func `a newer version replaces, and takes away what it no longer has`() throws {
        let site = try PlantSite()
        try site.install()
        try site.replaceBundle(name: "second", sequence: 1_763_627_500, text: "newer!") {
            $0.entries.removeAll { $0.path.text == "usr/local/bin/kubectl" }
        }
        let receipt = try site.install().receipt
        #expect(receipt.bundle.sequence == 1_763_627_500)
        #expect(try site.read("usr/local/bin/k3s").hasPrefix("newer!"))
        #expect(try site.mode("usr/local/bin/kubectl") == nil)
        #expect(receipt.files.contains { $0.path.text == "etc/systemd" })
    }
}

@Suite struct `an installation that fails leaves the target as it was` {
    @Test func `damage in the middle of the payload`() throws {
        let site = try PlantSite()
        let volumes = site.bundle.manifest.volumes
        try site.bundle.tamper(volumes[volumes.count / 2].name) { $0[$0.count / 2] ^= 1 }
        let before = try site.tree()
        let error = #expect(throws: Diagnostic.self) { try site.install() }
        #expect(error?.exitCode == .damaged)
        #expect(error?.details.contains(.init("machine", "as it was before")) == true)
        #expect(try site.tree() == before)
    }

    @Test(arguments: [Errno.noSpace, .inputOutput])
    func `every call refused in turn`(errno: Errno) throws {
        let counted = try PlantSite()
        let probe = FaultyFileEffects()
        try counted.install(effects: probe)
        let site = try PlantSite()
        let before = try site.tree()
        for number in stride(from: 1, through: probe.calls.count, by: 3) {
            let call = probe.calls[number - 1]
            guard !call.tag.text.hasPrefix("clear."), call.tag != "finish.synchronize" else { continue }
            let effects = FaultyFileEffects(Fault(.number(number), .error(errno)))
            let error = #expect(throws: Diagnostic.self) { try site.install(effects: effects) }
            #expect(error?.exitCode == .inputOutput)
            #expect(try site.tree() == before, "call \(number), \(call.tag)")
        }
    }

    @Test func `a person who stops it`() throws {
        let site = try PlantSite()
        let before = try site.tree()
        let error = #expect(throws: Diagnostic.self) { try site.install(isCancelled: { true }) }
        #expect(error?.exitCode == .restored)
        #expect(try site.tree() == before)
    }

    @Test func `a folder in a file's place`() throws {
        let site = try PlantSite()
        try Files.makeDirectories(site.root.appending("usr/local/bin/k3s"))
        #expect(throws: TransactionError.self) { try site.prepare() }
    }
}
