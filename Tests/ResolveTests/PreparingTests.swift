import Definition
import Fetch
import Format
import Gather
import LibCrypto
import LoopbackServer
import OCI
import Posix
import Reporting
import Resolve
import SampleImages
import SampleVendor
import Store
import Testing
import Values

private let now = Timestamp(seconds: 2_000_000)
private let later = Timestamp(seconds: 2_000_100)

extension Workshop {
    fileprivate func prepare(_ use: LockUse = .current, at moment: Timestamp = now) throws -> Prepared {
        try resolver.prepare(BuildOrder(definition: path, lock: use) { _ in nil }, at: moment)
    }

    fileprivate func refusal(_ use: LockUse = .current) throws -> ResolveError {
        do { _ = try prepare(use) } catch let error as ResolveError { return error }
        throw Diagnostic("nothing was thrown", exitCode: .internalError)
    }

    fileprivate var lockText: String {
        get throws { String(decoding: try Files.read(Lock.path(for: path), limit: .mebibytes(1)), as: UTF8.self) }
    }
}

struct PreparingTests {
    @Test func `the first build makes a lock, the second uses it and asks nobody`() throws {
        let workshop = try Workshop()
        try workshop.define(version: "v1.31")
        let first = try workshop.prepare()
        #expect(first.lock.isWritten)
        #expect(first.lock.difference == nil)
        let text = try workshop.lockText
        #expect(text == first.lock.lock.text)

        workshop.vendor.forget()
        for use in [LockUse.current, .locked] {
            let again = try workshop.prepare(use, at: later)
            #expect(!again.lock.isWritten)
            #expect(again.gathered.lock == first.lock.lock)
        }
        #expect(workshop.vendor.asked == [])
        #expect(try workshop.lockText == text)
    }

    @Test func `--locked refuses what it may not make`() throws {
        let workshop = try Workshop()
        try workshop.define()
        #expect(try workshop.refusal(.locked) == .noLock(Lock.path(for: workshop.path)))
        _ = try workshop.prepare()
        try workshop.define("images: [acme/app:1]\n")
        workshop.vendor.forget()
        let error = try workshop.refusal(.locked)
        #expect(error == .gather(.staleLock("definition or profile have changed since it was made")))
        #expect(error.diagnostic.exitCode == .usage)
        #expect(workshop.vendor.asked == [])
    }

    @Test func `--locked refuses local files that changed`() throws {
        let workshop = try Workshop()
        try workshop.write("a", to: "motd")
        try workshop.define("files: [{path: /etc/motd, from: motd}]\n")
        _ = try workshop.prepare()
        try workshop.write("b", to: "motd")
        guard case .gather(.changedFiles(let changes)) = try workshop.refusal(.locked) else {
            Issue.record("the lock was used")
            return
        }
        #expect(changes.map(\.name) == ["motd"])
    }

    @Test func `a local file that changed is locked anew without the network`() throws {
        let workshop = try Workshop()
        try workshop.write("a", to: "motd")
        try workshop.define("files: [{path: /etc/motd, from: motd}]\n", version: "v1.31")
        let first = try workshop.prepare()
        try workshop.write("b", to: "motd")
        workshop.vendor.forget()
        let second = try workshop.prepare(at: later)
        #expect(workshop.vendor.asked == [])
        #expect(second.lock.isWritten)
        #expect(second.lock.difference == "1 file changed")
        #expect(second.lock.lock.created == later)
        #expect(second.lock.lock.artefacts == first.lock.lock.artefacts)
        let motd = try #require(second.gathered.content(of: .local(workshop.folder.appending("motd"))))
        #expect(try workshop.store.read(motd.digest, limit: 10) == Array("b".utf8))
    }

    @Test func `one more image moves nothing else`() throws {
        let workshop = try Workshop()
        try workshop.define(version: "v1.31")
        let first = try workshop.prepare().lock.lock
        moveUpstream(workshop.vendor)
        try workshop.define("images: [acme/app:1]\n", version: "v1.31")
        workshop.vendor.forget()
        let outcome = try workshop.prepare(at: later).lock
        #expect(outcome.difference == "1 image new")
        #expect(outcome.lock.version == first.version)
        #expect(outcome.lock.artefacts == first.artefacts)
        #expect(outcome.lock.images.dropFirst() == first.images[...])
        #expect(workshop.vendor.asked.filter { !$0.contains("/acme/") } == [])
    }

    @Test func `--update asks for everything anew and says what changed`() throws {
        let workshop = try Workshop()
        try workshop.define(version: "v1.31")
        let first = try workshop.prepare().lock.lock
        moveUpstream(workshop.vendor)
        let outcome = try workshop.prepare(.update, at: later).lock
        #expect(outcome.old == first)
        #expect(outcome.difference == "k3s v1.31.4+k3s1 → v1.31.6+k3s1, 1 artefact changed, 1 image changed")
        #expect(outcome.lock.sequence > first.sequence)
        #expect(try workshop.lockText == outcome.lock.text)
    }

    @Test func `--update that finds nothing new leaves the lock alone`() throws {
        let workshop = try Workshop()
        try workshop.define(version: "v1.31")
        _ = try workshop.prepare()
        let text = try workshop.lockText
        let outcome = try workshop.prepare(.update, at: later).lock
        #expect(!outcome.isWritten)
        #expect(outcome.difference == nil)
        #expect(try workshop.lockText == text)
    }

    @Test func `a lock that cannot be read stops a build, not an update`() throws {
        let workshop = try Workshop()
        try workshop.define()
        try workshop.write("lock: 2\n", to: "line7.yaml.lock")
        #expect(try workshop.refusal().diagnostic.exitCode == .usage)
        #expect(try workshop.prepare(.update).lock.isWritten)
    }

    @Test func `a definition of another version asks for it`() throws {
        let workshop = try Workshop()
        try workshop.define(version: "v1.31")
        _ = try workshop.prepare()
        workshop.vendor.publish("v1.31.6+k3s1")
        try workshop.define(version: "v1.31.6+k3s1")
        #expect(try workshop.prepare().lock.lock.version.text == "v1.31.6+k3s1")
    }

    @Test func `a checksum that the file does not keep is told, and the next run mends it`() throws {
        let workshop = try Workshop()
        try workshop.define()
        let good = workshop.vendor.file(SampleVendor.path("k3s"))
        workshop.vendor.put(good.map { $0 == 0x6B ? 0x6C : $0 }, at: SampleVendor.path("k3s"))
        let error = try workshop.refusal()
        guard case .gather(.fetch(_, .otherContent(_, expected: .of(good), _))) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(error.diagnostic.exitCode == .gathering)
        workshop.vendor.put(good, at: SampleVendor.path("k3s"))
        _ = try workshop.prepare()
    }

    @Test func `an address without a digest is asked again for another version`() throws {
        let workshop = try Workshop()
        let profile = """
            profile: tiny
            title: Tiny
            summary: a platform of one file
            homepage: https://example.org
            architectures: {amd64: {}}
            versions: {exact: ["#.#"], example: "1.2", range: ">=1"}
            roles: [{name: node, summary: the only one}]
            artefacts: [{name: tiny, url: "\(workshop.vendor.base)/tiny", path: /opt/tiny}]

            """
        try workshop.write(profile, to: "profiles/tiny.yaml")
        func text(_ version: String, _ more: String = "") -> String {
            "name: a\nversion: 1\nplatform: {profile: tiny, version: \"\(version)\", arch: amd64}\nprofiles: [profiles]\n\(more)"
        }
        func size() throws -> Int { try workshop.prepare(at: now).lock.lock.artefacts[0].content.size.bytes }
        workshop.vendor.put([1], at: "/tiny")
        try workshop.write(text("1.1"), to: "line7.yaml")
        #expect(try size() == 1)
        workshop.vendor.put([1, 2], at: "/tiny")
        try workshop.write(text("1.1", "expires: 2030-01-01T00:00:00Z\n"), to: "line7.yaml")
        #expect(try size() == 1)
        try workshop.write(text("1.2"), to: "line7.yaml")
        #expect(try size() == 2)
    }

    /// A newer release, and another image under an old tag.
    private func moveUpstream(_ vendor: SampleVendor) {
        vendor.publish("v1.31.6+k3s1")
        vendor.publishChannels(["v1.31": "v1.31.6+k3s1"])
        vendor.put(SampleImage("changed"), as: SampleVendor.images[0])
    }
}

struct InstallerTests {
    /// The beginning of an ELF program: its machine and the kinds of its segments.
    private static func program(machine: UInt8 = 62, segments: [UInt8] = [1, 1, 6], type: UInt8 = 2) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        (header[16], header[18], header[32], header[54], header[56]) = (type, machine, 64, 56, UInt8(segments.count))
        return header + segments.flatMap { [$0] + [UInt8](repeating: 0, count: 55) }
    }

    private func check(_ bytes: [UInt8]?, _ architecture: Architecture) throws -> InstallerFault? {
        let workshop = try Workshop()
        let path = workshop.folder.appending("installer")
        if let bytes { try Files.replace(path, with: bytes) }
        do throws(ResolveError) { try InstallerFile.check(path, for: architecture) } catch {
            guard case .installer(path, architecture, let fault) = error else { throw error }
            #expect(error.diagnostic.exitCode == .usage)
            return fault
        }
        return nil
    }

    @Test(arguments: [(UInt8(62), Architecture.amd64, UInt8(2)), (183, .arm64, 2), (62, .amd64, 3)])
    func `a static program of the architecture is one`(machine: UInt8, architecture: Architecture, type: UInt8) throws {
        #expect(try check(Self.program(machine: machine, type: type), architecture) == nil)
    }

    @Test(
        arguments: [
            (nil, InstallerFault.missing), ([], .notAProgram), (Array("#!/bin/sh\n".utf8), .notAProgram),
            (program(machine: 183), .otherMachine("arm64")), (program(machine: 40), .otherMachine("machine type 40")),
            (program(segments: [6, 3, 1]), .dynamic), (program(type: 1), .notAProgram),
            (Array(program().dropLast(56)), .notAProgram),
        ] as [([UInt8]?, InstallerFault)])
    func `anything else is refused`(bytes: [UInt8]?, fault: InstallerFault) throws {
        #expect(try check(bytes, .amd64) == fault)
    }

    @Test func `a folder is refused`() throws {
        let workshop = try Workshop()
        #expect(throws: ResolveError.installer(workshop.folder, .amd64, .notAFile)) {
            try InstallerFile.check(workshop.folder, for: .amd64)
        }
    }

    @Test func `the probe is right about programs of this machine`() throws {
        #if arch(x86_64)
            let own = Architecture.amd64
        #else
            let own = Architecture.arm64
        #endif
        #expect(throws: ResolveError.installer("/proc/self/exe", own, .dynamic)) {
            try InstallerFile.check("/proc/self/exe", for: own)
        }
    }

    @Test func `an architecture without an installer is told before anything is asked`() throws {
        let workshop = try Workshop()
        try workshop.define(version: "v1.31")
        let nowhere = workshop.folder.appending("none")
        let order = BuildOrder(definition: workshop.path) { _ in nowhere }
        do throws(ResolveError) {
            _ = try workshop.resolver.prepare(order, at: now)
            Issue.record("nothing was thrown")
        } catch {
            #expect(
                words(error) == [
                    "cannot build for amd64: there is no installer for it", "installer: \"\(nowhere.text)\"",
                    "next: build it with scripts/build-installer --arch amd64, or name one with --installer FILE",
                    "exit 2",
                ])
        }
        #expect(workshop.vendor.asked == [])
    }
}

struct DifferenceTests {
    @Test func `each kind is counted`() throws {
        let workshop = try Workshop()
        try workshop.write("a", to: "a")
        try workshop.define("images: [acme/app:1]\nfiles: [{path: /a, from: a}]\n")
        let old = try workshop.resolver.resolve(Definition.load(workshop.path), at: now)
        #expect(old.difference(from: old) == nil)
        var new = old
        new.created = later
        new.sequence += 1
        #expect(new.difference(from: old) == nil)
        new.definition.digest = .of([1])
        #expect(new.difference(from: old) == "the definition changed, what it needs did not")
        new.definition = old.definition
        new.images[0].reasons = ["a manifest"]
        #expect(new.difference(from: old) == "where things come from changed, what they are did not")
        new.images.removeFirst(2)
        new.files[0].content.size = 9
        new.profile.digest = .of([1])
        new.architecture = .arm64
        new.artefacts = []
        #expect(
            new.difference(from: old)
                == "the profile k3s changed, amd64 → arm64, 1 artefact gone, 2 images gone, 1 file changed")
    }
}
