import Definition
import Format
import Gather
import Posix
import Reporting
import SampleVendor
import Store
import Testing
import Values

struct LocalFilesTests {
    private static let more = "manifests: [./manifests/]\nfiles: [{path: /etc/motd, from: motd}]\n"

    private func prepared() throws -> (Workshop, Definition, Lock) {
        let workshop = try Workshop()
        try workshop.write("kind: A\n", to: "manifests/a.yaml")
        try workshop.write("kind: B\n", to: "manifests/more/b.yaml")
        try workshop.write("hello", to: "motd")
        let definition = try workshop.define(Self.more)
        return (workshop, definition, try workshop.lock(definition))
    }

    @Test func `files are called as the definition writes them`() throws {
        let (_, _, lock) = try prepared()
        #expect(lock.files.map(\.path) == ["./manifests/a.yaml", "./manifests/more/b.yaml", "motd"])
    }

    @Test func `a file that changed since is named, and nothing is fetched`() throws {
        let (workshop, definition, lock) = try prepared()
        try workshop.write("kind: C\n", to: "manifests/more/b.yaml")
        try workshop.write("kind: D\n", to: "manifests/d.yaml")
        try Files.remove(workshop.folder.appending("manifests/a.yaml"))
        let error = try workshop.failure(lock, definition)
        guard case .changedFiles(let changes) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(changes.map(\.name) == ["./manifests/a.yaml", "./manifests/d.yaml", "./manifests/more/b.yaml"])
        #expect(changes.map { $0.found == nil } == [true, false, false])
        #expect(changes.map { $0.locked == nil } == [false, true, false])
        #expect(words(error).first == "cannot use the lock: local files are not what it says")
        #expect(words(error).last == "exit 2")
        #expect(workshop.vendor.asked == [])
    }

    @Test(arguments: [(nil, "there is no such file"), ("motd/x", "it is not a file")] as [(String?, String)])
    func `a file that cannot be taken is the definition's mistake`(instead: String?, reason: String) throws {
        let (workshop, definition, _) = try prepared()
        try Files.remove(workshop.folder.appending("motd"))
        if let instead { try workshop.write("", to: instead) }
        let path = workshop.folder.appending("motd")
        let release = try #require(definition.profile.release(Version(SampleVendor.version), .amd64))
        let demand = try Demand(definition, release)
        do throws(GatherError) {
            _ = try LocalFiles(demand, of: definition)
            Issue.record("nothing was thrown")
        } catch {
            guard case .definition(.localFile(let location, path: path, reason: reason, _)) = error else {
                Issue.record("unexpected: \(error)")
                return
            }
            #expect(location?.line == 5)
            #expect(error.diagnostic.exitCode == .usage)
        }
    }

    @Test func `a link to a file is the file`() throws {
        let (workshop, definition, lock) = try prepared()
        let motd = workshop.folder.appending("motd")
        try Files.rename(motd, to: workshop.folder.appending("other"))
        try DirectoryHandle.open(workshop.folder).makeSymbolicLink(MemberPath(validating: "motd"), target: "other")
        #expect(try workshop.locals(definition).changes(since: lock) == [])
    }

    @Test func `a lock of another definition is refused before anything is fetched`() throws {
        let (workshop, _, lock) = try prepared()
        let other = try workshop.define(Self.more + "images: [acme/app:1]\n")
        guard case .staleLock = try workshop.failure(lock, other) else {
            Issue.record("the lock was used")
            return
        }
        #expect(workshop.vendor.asked == [])
    }

    @Test func `a file that is laid in two places stands once in the lock`() throws {
        let workshop = try Workshop()
        try workshop.write("a", to: "a")
        let definition = try workshop.define("files: [{path: /a, from: a}, {path: /b, from: ./a}]\n")
        #expect(try workshop.locals(definition).files.map(\.name) == ["a"])
    }
}
