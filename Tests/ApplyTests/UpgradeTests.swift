import Apply
import BundleFixture
import Format
import LibCrypto
import Posix
import Reporting
import Testing
import Values

/// A site whose platform has a datastore, says how it goes back, and whose next bundle changes, adds and removes.
extension PlantSite {
    static let operation = [
        Operation(.datastore(path: "/var/lib/rancher/k3s/server/db")),
        Operation(.data(path: "/var/lib/rancher/k3s")), Operation(.data(path: "/etc/rancher")),
        Operation(.teardown(run: ["/usr/local/bin/k3s-killall.sh"], timeout: 5)),
        Operation(.remains(what: "rules of the packet filter")),
        Operation(.rollback(.data, reason: "the datastore changes its form")),
    ]

    static func operated(_ text: String = "binary") throws -> PlantSite {
        try PlantSite(text: text) { $0.operation = operation }
    }

    func writeData(_ text: String) throws {
        let folder = root.appending("var/lib/rancher/k3s/server/db")
        try Files.makeDirectories(folder.appending("etcd"))
        try Files.replace(folder.appending("state.db"), with: Array(text.utf8), mode: .secret)
        try Files.replace(folder.appending("etcd/wal"), with: Array("log of \(text)".utf8))
    }

    func upgrade(
        machine: any Machine = PlayedMachine(), on target: TargetRoot? = nil,
        operation: [Operation] = PlantSite.operation
    ) throws {
        try replaceBundle(name: "second", sequence: 1_763_627_500, text: "newer!") {
            $0.operation = operation
            $0.entries.removeAll { $0.path.text == "usr/local/bin/kubectl" }
        }
        try install(on: target, machine: machine)
    }

    func rollBack(machine: any Machine = PlayedMachine(), on target: TargetRoot? = nil) throws -> Receipt {
        let receipt = try #require(try InstalledBundles.receipts(root: root).first)
        return try Rollback(of: receipt, at: target ?? self.target).run(in: environment(machine))
    }

    /// The tree without what the installer keeps for itself.
    func treeOfBundle() throws -> [String] {
        try tree().filter { !$0.hasPrefix("/var/lib/sealift") && !$0.contains("/.sealift-") }
    }
}

@Suite struct `an upgrade has a way back` {
    @Test func `the installer and its recovery are there before the bundle, and go with the last one`() throws {
        let site = try PlantSite()
        try site.install()
        #expect(try site.read("usr/local/sbin/sealift-install") == "the installer\n")
        #expect(try site.mode("usr/local/sbin/sealift-install") == "755")
        let unit = try site.read("etc/systemd/system/sealift-recover.service")
        #expect(unit.contains("ExecStart=/usr/local/sbin/sealift-install recover --automatic"))
        #expect(
            try site.read("etc/systemd/system/k3s.service.d/50-sealift-recover.conf").contains(
                "Requires=sealift-recover"))
        let plan = try site.prepare().plan
        #expect(plan.isUnchanged && plan.count(.unchanged) > 10)
        let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
        _ = try Removal(of: receipt, at: site.target).run(
            runName: "x", trustsFileSystemSync: false, machine: PlayedMachine(), progress: SilentProgress())
        #expect(try site.tree().filter { $0.contains("sealift-") } == [])
        #expect(try site.tree().count { $0.hasPrefix("/usr") } == 0)
    }

    @Test func `files and data come back as they were, without the medium`() throws {
        let site = try PlantSite.operated()
        try site.install()
        try site.writeData("old")
        let before = try site.treeOfBundle()
        try site.upgrade()
        #expect(try site.read("usr/local/bin/k3s").hasPrefix("newer!"))
        try site.writeData("new")
        try Files.removeTree(site.bundle.path)
        let receipt = try site.rollBack()
        #expect(receipt.bundle.sequence == 1_763_627_400)
        #expect(receipt.warnings.contains { $0.contains("is lost") })
        #expect(try site.treeOfBundle() == before)
        #expect(try site.read("var/lib/rancher/k3s/server/db/etcd/wal") == "log of old")
        #expect(!(try site.tree()).contains { $0.contains("/.sealift-") || $0.contains("journal") })
    }

    @Test func `files only, where the platform says that they suffice`() throws {
        let site = try PlantSite { $0.operation = [Operation(.rollback(.files, reason: "no datastore"))] }
        try site.install()
        try site.writeData("old")
        try site.upgrade(operation: [Operation(.rollback(.files, reason: "no datastore"))])
        try site.writeData("new")
        let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
        let rollback = try Rollback(of: receipt, at: site.target)
        #expect(!rollback.bringsData)
        #expect(rollback.whatIsLost.hasPrefix("files only"))
        _ = try rollback.run(in: site.environment())
        #expect(try site.read("var/lib/rancher/k3s/server/db/state.db") == "new")
    }

    @Test func `what the platform cannot undo is refused in its words`() throws {
        let site = try PlantSite.operated()
        try site.install()
        try site.upgrade(operation: [Operation(.rollback(.none, reason: "it is one of three"))])
        let error = #expect(throws: ApplyError.self) { try site.rollBack() }
        #expect(error?.diagnostic.message.hasSuffix("it is one of three") == true)
        #expect(error?.diagnostic.exitCode == .policy)
    }

    @Test func `without an upgrade there is nothing to go back to`() throws {
        let site = try PlantSite()
        try site.install()
        #expect(throws: ApplyError.noPrevious(site.bundle.manifest.name)) { try site.rollBack() }
        try site.upgrade()
        _ = try site.rollBack()
        #expect(throws: ApplyError.noPrevious(site.bundle.manifest.name)) { try site.rollBack() }
    }

    @Test func `a damaged copy is not laid`() throws {
        let site = try PlantSite.operated()
        try site.install()
        try site.writeData("old")
        try site.upgrade()
        let copy = try #require(try site.tree().first { $0.contains("/copy-") && $0.contains("state.db") })
        let path = site.root.appending(String(copy.split(separator: " ")[0].dropFirst()))
        try FileDescriptor.open(path, .writeOnly).write(Array("OLD".utf8))
        let before = try site.tree()
        #expect(throws: ApplyError.self) { try site.rollBack() }
        #expect(try site.tree() == before)
    }

    @Test func `an upgrade that fails leaves data, files and the way back as they were`() throws {
        let site = try PlantSite.operated()
        let machine = PlayedMachine()
        try site.install(on: site.runningTarget, machine: machine)
        try site.writeData("old")
        let before = try site.tree()
        let failing = PlayedMachine(stuck: ["k3s.service"])
        #expect(throws: Diagnostic.self) { try site.upgrade(machine: failing, on: site.runningTarget) }
        #expect(try site.tree() == before)
    }

    @Test func `a platform that does not become ready is taken back`() throws {
        let site = try PlantSite { $0.operation = [Operation(.ready(run: ["/bin/ready"]))] }
        let before = try site.tree()
        let machine = PlayedMachine(failing: ["/bin/ready"])
        let error = #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(error?.message.contains("not ready after") == true, "\(error?.message ?? "")")
        #expect(try site.tree() == before)
    }

    @Test func `a third bundle takes the place of what was kept of the first`() throws {
        let site = try PlantSite.operated()
        try site.install()
        try site.writeData("old")
        try site.upgrade()
        let second = try site.treeOfBundle()
        try site.replaceBundle(name: "third", sequence: 1_763_627_600, text: "newest") {
            $0.operation = PlantSite.operation
        }
        try site.install()
        let areas = Set(
            try site.tree().filter { $0.contains("/.sealift-run-") }.compactMap { line in
                line.split(separator: "/").first { $0.hasPrefix(".sealift-run-") }?.split(separator: " ").first
            })
        #expect(areas == [".sealift-run-3"])
        _ = try site.rollBack()
        #expect(try site.treeOfBundle() == second)
    }
}

@Suite struct `what was healthy once is the floor` {
    @Test func `it survives an uninstallation, and rises with what was installed`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
        _ = try Removal(of: receipt, at: site.target).run(
            runName: "x", trustsFileSystemSync: false, machine: PlayedMachine(), progress: SilentProgress())
        try site.replaceBundle(name: "older", sequence: 1_999)
        let error = #expect(throws: ApplyError.self) { try site.prepare() }
        #expect(error?.diagnostic.message == "the bundle is older than what was installed here before")
        #expect(throws: Never.self) { try site.prepare(allowing: .downgrade) }
        try site.replaceBundle(name: "same", sequence: 2_000)
        #expect(throws: Never.self) { try site.prepare() }
    }

    @Test func `it does not rise with an upgrade that was not healthy`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install(on: site.runningTarget)
        try site.replaceBundle(name: "bad", sequence: 3_000)
        let failing = PlayedMachine(stuck: ["k3s.service"])
        #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: failing) }
        try site.replaceBundle(name: "next", sequence: 2_500)
        #expect(throws: Never.self) { try site.install() }
    }

    @Test func `going down on purpose keeps the newer installer, which reads what it has written`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        try site.replaceBundle(name: "older", sequence: 1_000, installer: "an older installer\n")
        try site.install(allowing: .downgrade)
        #expect(try site.read("usr/local/sbin/sealift-install") == "the installer\n")
        try site.replaceBundle(name: "newer", sequence: 3_000, installer: "a newer installer\n")
        try site.install()
        #expect(try site.read("usr/local/sbin/sealift-install") == "a newer installer\n")
        _ = try site.rollBack()
        #expect(try site.read("usr/local/sbin/sealift-install") == "a newer installer\n")
    }

    @Test func `going back does not lower it`() throws {
        let site = try PlantSite(sequence: 2_000)
        try site.install()
        try site.upgrade()
        _ = try site.rollBack()
        try site.replaceBundle(name: "between", sequence: 1_763_627_450)
        #expect(throws: ApplyError.self) { try site.prepare() }
    }
}

@Suite struct `what a person has changed stays` {
    @Test func `and the new one is laid where nobody watches`() throws {
        let unit = "etc/systemd/system/k3s.service"
        let site = try PlantSite()
        try site.install()
        try Files.replace(site.root.appending(unit), with: Array("mine\n".utf8))
        try site.upgrade()
        #expect(try site.read(unit) == "mine\n")
        #expect(try site.read("var/lib/sealift/beside/" + unit) == PlantSite.unit)
        let plan = try site.prepare().plan
        #expect(plan.isUnchanged)
        let item = plan.items.first { $0.path.text == unit }
        #expect(item?.action == .keep && item?.note?.contains("var/lib/sealift/beside") == true)
        #expect(!(try site.install().isChanged))
        try Files.remove(site.root.appending(unit))
        try site.install()
        #expect(try site.read(unit) == PlantSite.unit)
        #expect(try site.mode("var/lib/sealift/beside/" + unit) == nil)
    }

    static let config = "etc/systemd/system/k3s.service"

    @Test func `also when the bundle before comes back`() throws {
        let site = try PlantSite()
        try site.install()
        try Files.replace(site.root.appending(Self.config), with: Array("mine\n".utf8))
        try site.upgrade()
        _ = try site.rollBack()
        #expect(try site.read(Self.config) == "mine\n")
        #expect(try site.read("usr/local/bin/k3s").hasPrefix("binary"))
        #expect(try site.tree().filter { $0.contains("/beside") || $0.contains("/.sealift-") } == [])
    }

    @Test func `and what was changed after the upgrade stays too, the old one beside it`() throws {
        let site = try PlantSite()
        try site.install()
        try site.replaceBundle(name: "second", sequence: 1_763_627_500, text: "newer!") { manifest in
            for index in manifest.entries.indices where manifest.entries[index].path.text == Self.config {
                manifest.entries[index] = try Sample.file(Self.config, Array("[Unit]\n".utf8), roles: ["server"])
            }
        }
        try site.install()
        #expect(try site.read(Self.config) == "[Unit]\n")
        try Files.replace(site.root.appending(Self.config), with: Array("mine\n".utf8))
        let current = try #require(try InstalledBundles.receipts(root: site.root).first)
        #expect(
            try Rollback(of: current, at: site.target).text.contains("the old one: /var/lib/sealift/beside/etc/systemd")
        )
        try Files.replace(site.root.appending("usr/local/bin/k3s"), with: [1], mode: .executable)
        let receipt = try site.rollBack()
        #expect(try site.read(Self.config) == "mine\n")
        #expect(try site.read("var/lib/sealift/beside/" + Self.config) == PlantSite.unit)
        #expect(try site.read("usr/local/bin/k3s").hasPrefix("binary"))
        _ = try Removal(of: receipt, at: site.target).run(
            runName: "x", trustsFileSystemSync: false, machine: PlayedMachine(), progress: SilentProgress())
        #expect(try site.tree().filter { $0.contains("/beside") || $0.contains("/.sealift-") } == [])
        #expect(try site.read(Self.config) == "mine\n")
    }

    @Test func `but a program is put right`() throws {
        let site = try PlantSite()
        try site.install()
        try Files.replace(site.root.appending("usr/local/bin/k3s"), with: [1], mode: .executable)
        try site.upgrade()
        #expect(try site.read("usr/local/bin/k3s").hasPrefix("newer!"))
    }
}

@Suite struct `removing and looking` {
    @Test func `data stays, unless everything shall go`() throws {
        for purges in [false, true] {
            let site = try PlantSite.operated()
            let machine = PlayedMachine()
            try site.install(on: site.runningTarget, machine: machine)
            try site.writeData("old")
            let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
            let removal = try Removal(of: receipt, at: site.runningTarget, purges: purges)
            #expect(removal.text.contains("until a reboot"))
            _ = try removal.run(
                runName: "x", trustsFileSystemSync: false, machine: machine, progress: SilentProgress())
            #expect(machine.commands.contains("/usr/local/bin/k3s-killall.sh"))
            #expect((try site.mode("var/lib/rancher/k3s/server/db/state.db") == nil) == purges)
            #expect((try site.mode("var/lib/rancher") == nil) == purges)
        }
    }

    @Test func `images that the runtime lacks are named, and taken in again`() throws {
        let site = try PlantSite { manifest in
            manifest.operation = [Operation(.imageRuntime(list: ["ctr", "ls"], importing: ["ctr", "import"]))]
            manifest.images = ["a", "b"].compactMap { name in
                guard let archive = manifest.entries.first(where: { $0.path.name == "images.tar" })?.path else {
                    return nil
                }
                let digest = SHA256Digest.of(Array(name.utf8))
                return BundledImage(name: "example.org/\(name):1", digest: digest, manifest: digest, archive: archive)
            }
        }
        let digests = ["a", "b"].map { SHA256Digest.of(Array($0.utf8)).description }
        let both = "REF TYPE DIGEST\nexample.org/a:1 x \(digests[0]) 1\nexample.org/b:1 x \(digests[1]) 1\n"
        let machine = PlayedMachine(answers: ["ctr ls": both])
        let receipt = try site.install(on: site.runningTarget, machine: machine).receipt
        let one = "REF TYPE DIGEST\nexample.org/a:1 x \(digests[0]) 1\nexample.org/b:1 x \(digests[0]) 1\n"
        let poor = PlayedMachine(answers: ["ctr ls": one])
        let state = try InstalledState(
            of: receipt, at: site.runningTarget, machine: poor, workers: 1, now: Timestamp(seconds: 0))
        #expect(state.missingImages?.map(\.name) == ["example.org/b:1"])
        #expect(state.text.contains("1 of 2 missing"))
        _ = try state.importMissing(poor, progress: SilentProgress())
        #expect(poor.commands.last == "ctr import /var/lib/rancher/k3s/agent/images/images.tar")
    }

    @Test func `a certificate that ends soon is told`() throws {
        let site = try PlantSite { $0.operation = [Operation(.certificates(path: "/var/lib/rancher/k3s/server/tls"))] }
        let receipt = try site.install().receipt
        let folder = site.root.appending("var/lib/rancher/k3s/server/tls")
        try Files.makeDirectories(folder)
        let made = try Subprocess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "/dev/null", "-out",
                folder.appending("server.crt").text, "-days", "30", "-subj", "/CN=node",
            ], timeLimit: 60)
        try #require(made.isSuccess)
        func state(_ now: Timestamp) throws -> String {
            try InstalledState(of: receipt, at: site.target, machine: PlayedMachine(), workers: 1, now: now).text
        }
        #expect(try state(System.now()).contains("certificate"))
        #expect(!(try state(Timestamp(seconds: System.now().seconds - 70 * 86_400)).contains("certificate")))
    }
}
