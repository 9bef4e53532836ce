import BundleFixture
import Format
import KeyRing
import LibCrypto
import Posix
import Reporting
import Testing
import Trust
import Values

@testable import Apply

/// When a machine records the key lists that it has followed (docs/decisions/0055).
struct KeyListRecordTests {
    private let site: PlantSite
    private let ring = KeyRing()
    private let first: KeyList

    /// A machine that pins list 1, and a bundle that carries it.
    init() throws {
        site = try PlantSite()
        first = try Self.list(after: nil, naming: site.bundle.key, ring)
        try carry([first])
        try follow()
    }

    private static func list(after last: KeyList?, naming key: PublicKey, _ ring: KeyRing) throws -> KeyList {
        let name = try #require(KeyName("builder"))
        // From list to list something must change.
        let expires = Timestamp(seconds: 4_000_000_000 + (last?.number ?? 0))
        return try KeyList(
            number: (last?.number ?? 0) + 1, roots: ring.quorum(["anna"], needing: 1),
            keys: KeyList.Quorum([KeyList.Member(name, key)], threshold: 1), previous: last?.digest, expires: expires)
    }

    /// Puts lists and their signatures into the bundle at hand.
    private func carry(_ lists: [KeyList]) throws {
        let folder = site.bundle.path.appending(BundleFile.signatures)
        let signer = try ring.publicKey("anna").keyID
        for list in lists {
            try Files.replace(folder.appending(KeyListFile.name(list.number)), with: list.canonical)
            try Files.replace(
                folder.appending(KeyListFile.signatureName(list.number, by: signer)),
                with: ring.sign(list.canonical, by: "anna"))
        }
    }

    /// Has the machine go by its pin and by what it has recorded.
    private func follow() throws {
        let pin = KeyListPin(number: 1, digest: first.digest)
        site.lists = KeyListTrust(pin: pin, recorded: try recorded())
    }

    private func recorded() throws -> KeyChain? {
        try KeyListTrust.record(at: site.root.appending(KeyListRecord.path.text))
    }

    private func next(after list: KeyList) throws -> KeyList {
        try Self.list(after: list, naming: site.bundle.key, ring)
    }

    @Test func `an installation records its list, and the next one goes on from there`() throws {
        #expect(try recorded() == nil)
        try site.install()
        #expect(try recorded() == KeyChain(beginning: first))
        #expect(try site.mode(KeyListRecord.path.text) == "600")
        try site.replaceBundle(name: "second", sequence: 1_763_627_401, text: "newer")
        let second = try next(after: first)
        try carry([first, second])
        try follow()
        try site.install()
        #expect(try recorded()?.newest == second)
        #expect(try recorded()?.contains(KeyListPin(number: 1, digest: first.digest)) == true)
    }

    @Test func `looking at a bundle records nothing`() throws {
        let before = try site.tree()
        _ = try site.prepare()
        #expect(try site.tree() == before)
    }

    @Test func `an installation that fails records nothing`() throws {
        let machine = PlayedMachine(failing: ["modprobe"])
        #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: machine) }
        #expect(try recorded() == nil)
        try site.install(on: site.runningTarget)
        try site.replaceBundle(name: "second", sequence: 1_763_627_401, text: "newer")
        try carry([first, try next(after: first)])
        try follow()
        let before = try site.tree()
        let stuck = PlayedMachine(failing: ["systemctl start"])
        #expect(throws: Diagnostic.self) { try site.install(on: site.runningTarget, machine: stuck) }
        #expect(try site.tree() == before)
        #expect(try recorded()?.newest == first)
    }

    @Test func `where only the lists are newer they are recorded, and nothing is stopped`() throws {
        try site.install(on: site.runningTarget)
        let second = try next(after: first)
        try carry([second])
        try follow()
        let machine = PlayedMachine()
        try machine.becomeActive("k3s.service")
        let outcome = try site.install(on: site.runningTarget, machine: machine)
        #expect(!outcome.isChanged)
        #expect(!machine.commands.contains { $0.hasPrefix("systemctl stop") })
        #expect(try recorded()?.newest == second)
        let before = try site.tree()
        try follow()
        try site.install(on: site.runningTarget, machine: machine)
        #expect(try site.tree() == before)
    }

    @Test func `a bundle with fewer lists takes nothing back`() throws {
        let second = try next(after: first)
        try carry([second])
        try site.install()
        try Files.remove(site.bundle.path.appending(BundleFile.signatures).appending(KeyListFile.name(2)))
        try follow()
        let before = try site.tree()
        try site.install()
        #expect(try site.tree() == before)
        #expect(try recorded()?.newest == second)
    }

    @Test func `an image that knows more lists keeps them`() throws {
        let second = try next(after: first)
        try carry([second])
        try site.install()
        let record = try recorded()
        // Another host, which knows no list yet, lays a bundle with the first only.
        let signatures = site.bundle.path.appending(BundleFile.signatures)
        try Files.remove(signatures.appending(KeyListFile.name(2)))
        site.lists = KeyListTrust(pin: KeyListPin(number: 1, digest: first.digest))
        try site.install()
        #expect(try recorded() == record)
    }

    @Test func `uninstalling leaves the record`() throws {
        try site.install()
        let receipt = try #require(try InstalledBundles.receipts(root: site.root).first)
        let removal = try Removal(of: receipt, at: site.target)
        _ = try removal.run(
            runName: "x", trustsFileSystemSync: false, machine: PlayedMachine(), progress: SilentProgress())
        #expect(try recorded() == KeyChain(beginning: first))
    }

    @Test func `a machine that goes by no lists records none`() throws {
        site.lists = nil
        try site.install()
        #expect(try recorded() == nil)
    }
}
