import BundleFixture
import FaultInjection
import Format
import JSON
import LibCrypto
import Posix
import Testing
import Transaction
import Values

/// The built program, as a technician would call it.
@Suite(.enabled(if: InstallerProgram.path != nil, "sealift-install was not built"))
struct `the installer at the command line` {
    let site: PlantSite
    let common: [String]

    init() throws {
        site = try PlantSite()
        let key = site.folder.path.appending("site.pub")
        let values = site.folder.path.appending("site.env")
        try Files.replace(key, with: Array(site.bundle.key.pem.utf8))
        try Files.replace(values, with: Array(PlantSite.values.joined(separator: "\n").utf8))
        common = [
            "--bundle", site.bundle.path.text, "--root", site.root.text, "--key", key.text, "--role", "server",
            "--values",
            values.text, "--yes",
        ]
    }

    private func run(_ words: String...) throws -> Subprocess.Outcome { try InstallerProgram.run(words + common) }

    private func expect(
        _ outcome: Subprocess.Outcome, _ status: Int32, _ words: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = outcome.outputText + outcome.errorText
        #expect(outcome.status == status, "\(text)", sourceLocation: sourceLocation)
        #expect(words.isEmpty || text.contains(words), "\(text)", sourceLocation: sourceLocation)
        #expect(!text.contains("s3cret"), sourceLocation: sourceLocation)
    }

    @Test func `installs without a verb, says where the receipt is, and again changes nothing`() throws {
        expect(try run(), 0, "/var/lib/sealift/receipts/line7.json")
        #expect(try site.mode("usr/local/bin/k3s") == "755")
        let before = try site.tree()
        expect(try run("apply"), 0, "nothing was changed")
        #expect(try site.tree() == before)
        expect(try InstallerProgram.run("status", "--root", site.root.text), 0, "all as laid")
    }

    @Test func `a key that is remembered is trusted by an image, and stays after the bundle`() throws {
        expect(try run("apply", "--remember-key"), 0)
        let path = "etc/sealift/trusted-keys/\(site.bundle.key.keyID).pub"
        #expect(try site.read(path) == site.bundle.key.pem)
        expect(try InstallerProgram.run("uninstall", "--yes", "--root", site.root.text), 0)
        #expect(try site.mode(path) == "644")
    }

    @Test(arguments: ["status", "check", "plan"])
    func `whoever looks at a machine on which a run was cut off is told so`(verb: String) throws {
        // `plan` takes values, `check` and `status` have none to take.
        let taken = [
            "status": ["--root", site.root.text], "check": Array(common.prefix(8)), "plan": Array(common.prefix(10)),
        ]
        let words = [verb] + (taken[verb] ?? [])
        let quiet = try InstallerProgram.run(words)
        try #require(quiet.isSuccess, "\(quiet.errorText)")
        #expect(!quiet.errorText.contains("cut off"))
        let state = site.root.appending("var/lib/sealift")
        try Files.makeDirectories(state)
        let journal = """
            {"areas":["var/lib/.sealift-1"],"changes":[{"area":0,"number":1,"place":"opt/x","replaces":false}],\
            "farewells":[],"format":1,"kept":[],"made":[]}
            """
        try Files.replace(state.appending("journal"), with: Array(journal.utf8))
        let told = try InstallerProgram.run(words)
        #expect(told.status == quiet.status)
        #expect(told.errorText.contains("a run was cut off here"), "\(told.errorText)")
        #expect(told.errorText.contains("sealift-install recover"))
    }

    @Test func `status names what was changed since`() throws {
        expect(try run("apply"), 0)
        try Files.replace(site.root.appending("usr/local/bin/k3s"), with: [1], mode: .executable)
        try Files.remove(site.root.appending("usr/local/bin/kubectl"))
        let outcome = try InstallerProgram.run("status", "--root", site.root.text, "--json")
        let drift = try JSONValue.parse(outcome.output)["installed"]?.arrayValue?.first?["drift"]?.arrayValue
        #expect(
            drift?.map { [$0["path"]?.stringValue, $0["what"]?.stringValue] } == [
                ["/usr/local/bin/k3s", "changed"], ["/usr/local/bin/kubectl", "missing"],
            ])
    }

    @Test func `plan changes nothing, and apply does what it says`() throws {
        let before = try site.tree()
        let outcome = try run("plan", "--json")
        #expect(try site.tree() == before)
        let items = try #require(try JSONValue.parse(outcome.output)["items"]?.arrayValue)
        let created = Set(items.filter { $0["action"] == "create" }.compactMap { $0["path"]?.stringValue })
        expect(try run("apply"), 0)
        let now = Set(try site.tree().map { String($0.split(separator: " ")[0]) })
        #expect(created.isSubset(of: now))
        expect(outcome, 0)
    }

    @Test func `uninstall takes away what was laid, and nothing else`() throws {
        try Files.makeDirectories(site.root.appending("var/lib/rancher"))
        let before = try site.tree()
        expect(try run("apply"), 0)
        try Files.replace(site.root.appending("var/lib/rancher/k3s/data"), with: [1])
        expect(try InstallerProgram.run("uninstall", "--yes", "--root", site.root.text), 0, "/var/lib/rancher/k3s")
        let after = try site.tree().filter {
            !$0.hasPrefix("/var/lib/rancher/k3s") && !$0.hasPrefix("/var/lib/sealift")
        }
        #expect(after == before)
    }

    @Test func `no key, a wrong key and a key from the stick are not trusted`() throws {
        let before = try site.tree()
        let place = ["apply", "--bundle", site.bundle.path.text, "--root", site.root.text, "--role", "server", "--yes"]
        expect(try InstallerProgram.run(place), 3, "--fingerprint")
        let other = site.folder.path.appending("other.pub")
        try Files.replace(other, with: Array(try PrivateKey.generate(.ecdsaP256).publicKey.pem.utf8))
        expect(try InstallerProgram.run(place + ["--key", other.text]), 3)
        let inside = site.bundle.path.appending("signatures/\(site.bundle.key.keyID).pub")
        expect(try InstallerProgram.run(place + ["--key", inside.text]), 3)
        let digits = String(site.bundle.key.fingerprint.hex.prefix(32))
        expect(try InstallerProgram.run(place + ["--fingerprint", "SHA256:" + digits]), 2, "K3S_TOKEN")
        #expect(try site.tree() == before)
    }

    @Test func `a secret on the command line, a missing role, a misspelt option and a later verb are usage errors`()
        throws
    {
        expect(try run("apply", "--set", "K3S_TOKEN=x"), 2, "K3S_TOKEN is a secret")
        let noRole = common.filter { $0 != "--role" && $0 != "server" }
        expect(try InstallerProgram.run(["apply"] + noRole), 2, "several roles")
        expect(try InstallerProgram.run("aply"), 2, "apply")
        expect(try InstallerProgram.run("apply", "--rot", "/x"), 2, "--root")
        expect(try InstallerProgram.run("rollback", "--root", site.root.text), 2, "no bundle is installed")
        expect(try InstallerProgram.run(common.filter { $0 != "--yes" }), 2, "no terminal")
    }

    @Test func `damage in the payload ends with 11, and the target is as it was`() throws {
        let before = try site.tree()
        let volumes = site.bundle.manifest.volumes
        let volume = volumes[volumes.count / 2].name
        try site.bundle.tamper(volume) { $0[$0.count / 2] ^= 1 }
        expect(try run("apply"), 11, volume)
        #expect(try site.tree() == before)
        expect(try InstallerProgram.run("verify", "--bundle", site.bundle.path.text, "--key", common[5]), 11)
    }

    @Test func `another architecture ends with 4, with all that is wrong in one object`() throws {
        try site.replaceBundle(name: "arm", sequence: 1_763_627_500) { $0.target.architecture = .arm64 }
        try Files.replace(FilePath(common[5]), with: Array(site.bundle.key.pem.utf8))
        let arguments = ["--bundle", site.bundle.path.text] + common.dropFirst(2)
        let outcome = try InstallerProgram.run(["apply", "--json"] + arguments)
        expect(outcome, 4, "architecture")
        #expect(try JSONValue.parse(outcome.output)["exitCode"] == 4)
        let check = try InstallerProgram.run(["check", "--json"] + arguments.filter { $0 != "--yes" }.prefix(8))
        expect(check, 4)
        #expect(try JSONValue.parse(check.output)["passed"] == false)
    }

    @Test func `an older bundle ends with 8, and is installed when it is meant`() throws {
        expect(try run("apply"), 0)
        try site.replaceBundle(name: "old", sequence: 5)
        try Files.replace(FilePath(common[5]), with: Array(site.bundle.key.pem.utf8))
        let arguments = ["apply", "--bundle", site.bundle.path.text] + common.dropFirst(2)
        expect(try InstallerProgram.run(arguments), 8, "--allow-downgrade")
        expect(try InstallerProgram.run(arguments + ["--allow-downgrade"]), 0)
        #expect(try site.read("var/lib/sealift/receipts/line7.json").contains("with --allow-downgrade"))
    }

    @Test func `a second run at the same time ends with 9`() throws {
        let lock = try TargetLock(root: site.root)
        expect(try run("apply"), 9)
        _ = consume lock
        expect(try run("apply"), 0)
    }

    @Test func `a run that was cut off is recovered by the next, and by recover`() throws {
        let before = try site.tree()
        for verb in ["recover", "apply"] {
            let cut = FaultyFileEffects(Fault(.tag("commit.rename", 3), .stopAfter))
            #expect(throws: (any Error).self) { try site.install(effects: cut) }
            #expect(try site.tree() != before)
            if verb == "recover" {
                expect(try InstallerProgram.run("recover", "--root", site.root.text), 0, "as they were before")
                #expect(try site.tree() == before)
            } else {
                expect(try run("apply"), 0, "as they were before")
            }
        }
    }

    @Test func `help and version are results`() throws {
        let help = try InstallerProgram.run("--help")
        expect(help, 0, "uninstall")
        #expect(help.errors.isEmpty)
        expect(try InstallerProgram.run("--version"), 0, "sealift-install ")
    }
}
