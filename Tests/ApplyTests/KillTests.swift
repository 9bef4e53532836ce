import Apply
import BundleFixture
import Counting
import FaultInjection
import Format
import Glibc
import LibCrypto
import Posix
import Testing
import Transaction
import Values

/// The verbs in a process of their own, which is killed for real before or after one of its calls (test-matrix, C1).
@Suite(.enabled(if: FaultyProgram.path != nil, "sealift-faults was not built"), .serialized)
struct `a process that is killed` {
    @Test(arguments: ["install", "upgrade", "rollback", "uninstall", "recover"])
    func `leaves old or new after recovery`(verb: String) throws {
        let course = try KillCourse(verb)
        var (runs, failing, outcomes) = (0, [String](), Set<Bool>())
        let step = Tally.isLong ? 1 : max(1, course.count / 6)
        for number in stride(from: 1, through: course.count, by: step) {
            for kind in ["kill-before", "kill-after"] {
                let site = try course.site()
                let status = try course.run(at: site, "\(number):\(kind)")
                try #require(status != 0, "call \(number) was not reached")
                runs += 1
                _ = try course.recover(site)
                let tree = try KillCourse.tree(site)
                outcomes.insert(tree == course.new)
                if tree != course.old, tree != course.new {
                    failing.append("\(kind) at call \(number): \(KillCourse.difference(tree, course))")
                } else if try course.recover(site) != .nothingToDo {
                    failing.append("\(kind) at call \(number): recovered twice")
                } else if tree == course.old, number % 8 == 1 {
                    let again = try course.run(at: site, nil)
                    if try again != 0 || KillCourse.tree(site) != course.new { failing.append("again after \(number)") }
                }
            }
        }
        Tally.report("C1", "SIGKILL at one of \(course.count) calls of \(verb)", count: runs, failing: failing.count)
        #expect(failing == [])
        // What recovery had to undo is undone, and what it had to finish is finished, wherever it was killed. A recovery that is killed has
        // one end only, since old and new are the same to it.
        if Tally.isLong { #expect(outcomes == (verb == "recover" ? [true] : [true, false])) }
    }
}

/// The program with faults, beside the test bundle.
enum FaultyProgram {
    static let path = InstallerProgram.built("sealift-faults")
}

/// One verb on one kind of target: what it was before, what it is after, and how many calls that takes.
final class KillCourse {
    let verb: String
    let count: Int
    let old, new: [String]
    private let media: PlantSite
    private let bundle: FilePath
    private let key, values: FilePath
    private let beginning: CrashState

    init(_ verb: String) throws {
        self.verb = verb
        media = try PlantSite.operated()
        values = media.folder.path.appending("site.env")
        key = media.folder.path.appending("site.pub")
        try Files.replace(values, with: Array(PlantSite.values.joined(separator: "\n").utf8))
        try Files.makeDirectories(media.root.appending("opt"))
        if verb != "install" && verb != "recover" {
            try media.install()
            try media.writeData("old")
        }
        switch verb {
        case "upgrade": try Self.replace(media)
        case "rollback": try media.upgrade()
        default: break
        }
        try Files.replace(key, with: Array(media.bundle.key.pem.utf8))
        bundle = media.bundle.path
        if verb == "recover" {
            // A fresh installation that was killed among its renames.
            let (site, cut) = (media, FaultyFileEffects(Fault(.tag("commit.rename", 6), .stopAfter)))
            #expect(throws: (any Error).self) { _ = try site.install(effects: cut) }
        }
        beginning = try #require(ModelDisk(copying: media.root).crashStates(random: 0, seed: 0).first)
        let probe = try Self.target(beginning)
        let outcome = try Self.run(verb, at: probe, bundle, key, values, nil)
        try #require(outcome.isSuccess, "\(outcome.errorText)")
        count = Int(outcome.outputText.filter { $0 != "\n" }) ?? 0
        new = try Self.tree(probe)
        if verb == "recover" { old = new } else { old = try Self.tree(Self.target(beginning)) }
        try #require(count > 5)
    }

    private static func replace(_ media: PlantSite) throws {
        try media.replaceBundle(name: "second", sequence: 1_763_627_500, text: "newer!") {
            $0.operation = PlantSite.operation
            $0.entries.removeAll { $0.path.text == "usr/local/bin/kubectl" }
        }
    }

    /// A folder that goes with the value.
    final class Target {
        let root: FilePath
        init(_ root: FilePath) { self.root = root }
        deinit { do { try Files.removeTree(root) } catch { Issue.record(error) } }
    }

    func site() throws -> Target { try Self.target(beginning) }

    private static func target(_ state: CrashState) throws -> Target {
        let folder: FilePath = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        let root = folder.appending("sealift-kill-\(try System.randomName())")
        try Files.makeDirectories(root)
        try state.materialize(at: root)
        return Target(root)
    }

    func run(at site: Target, _ fault: String?) throws -> Int32 {
        try Self.run(verb, at: site, bundle, key, values, fault).status
    }

    private static func run(
        _ verb: String, at site: Target, _ bundle: FilePath, _ key: FilePath, _ values: FilePath, _ fault: String?
    ) throws -> Subprocess.Outcome {
        var environment = System.environment
        environment["SEALIFT_FAULT"] = fault
        environment["SEALIFT_RUN"] = try System.randomName()
        let word = verb == "upgrade" ? "install" : verb
        let more = word == "install" ? [bundle.text, key.text, values.text] : []
        return try Subprocess.run(
            try #require(FaultyProgram.path), [word, site.root.text] + more, environment: environment, timeLimit: 60)
    }

    func recover(_ site: Target) throws -> Transaction.Recovery {
        try Transaction.recover(root: site.root, state: TargetRoot.state, effects: SystemFileEffects())
    }

    /// Every path with type, mode and content; names of runs are made alike, since each has its own.
    static func tree(_ site: Target) throws -> [String] {
        var lines: [String] = []
        try collect(DirectoryHandle.open(site.root), "", &lines)
        return lines
    }

    private static func collect(_ folder: borrowing DirectoryHandle, _ prefix: String, _ lines: inout [String]) throws {
        for name in try folder.entries() {
            let path = try Sample.path(name)
            guard let found = try folder.information(of: path) else { continue }
            let shown = name.hasPrefix(".sealift-faulty-") ? ".sealift-faulty" : name
            let place = "\(prefix)/\(shown) \(String(found.mode, radix: 8))"
            switch found.kind {
            case .directory:
                lines.append(place)
                try collect(folder.open(path), prefix + "/" + shown, &lines)
            case .link: lines.append("\(prefix)/\(shown) -> " + (try folder.readLink(path)))
            case .file, .other:
                let bytes = try folder.read(path, limit: .mebibytes(1))
                // It names the staging folder of its run.
                lines.append(name == "kept.json" ? place : place + " " + SHA256Digest.of(bytes).hex)
            }
        }
    }

    static func difference(_ tree: [String], _ course: KillCourse) -> String {
        func parts(_ other: [String]) -> String {
            "+\(Set(tree).subtracting(other).sorted().prefix(3)) -\(Set(other).subtracting(tree).sorted().prefix(3))"
        }
        return "against old \(parts(course.old)), against new \(parts(course.new))"
    }
}
