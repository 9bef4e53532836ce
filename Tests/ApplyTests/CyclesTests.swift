import Apply
import BundleFixture
import Counting
import FaultInjection
import Format
import Glibc
import Posix
import Reporting
import Testing
import Transaction
import Values

/// Row L3 of the test matrix: one machine, bundles A and B in turn, one fault in every cycle. Nothing may add up.
@Suite struct `cycles from one bundle to the other` {
    /// What a cycle does.
    enum Way: CaseIterable { case upgrade, rollback, down, away }

    @Test func `are always old or new, and leave nothing over`() throws {
        let course = try CycleCourse()
        var random = CycleNumbers(state: 11)
        var (failing, done, undone) = ([String](), 0, 0)
        let cycles = Tally.isLong ? 1_000 : 24
        for cycle in 0..<cycles {
            let way = Way.allCases[Int(random.next() % 4)]
            let kind = CycleCourse.kinds[Int(random.next() % UInt64(CycleCourse.kinds.count))]
            let (isDone, complaint) = try course.run(way, Fault(.number(1 + Int(random.next() % 260)), kind))
            if isDone { done += 1 } else { undone += 1 }
            if let complaint { failing.append("cycle \(cycle), \(way), \(kind): \(complaint)") }
        }
        try failing += course.end()
        Tally.report("L3", "cycles from A to B and back, a fault in each", count: cycles, failing: failing.count)
        #expect(failing == [])
        #expect(done > cycles / 8 && undone > cycles / 8, "\(done) ended well, \(undone) did not")
    }
}

/// SplitMix64: the same cycles each time.
private struct CycleNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The machine, both bundles, and what it must look like with each of them.
private final class CycleCourse {
    static let kinds: [Fault.Kind] = [
        .stopBefore, .stopAfter, .torn(3), .error(.inputOutput), .error(.noSpace), .error(.readOnly),
        .error(.overQuota), .error(.accessDenied), .lateError(.inputOutput),
    ]
    private let site: PlantSite
    private let first, second: TinyBundle
    private let without, withFirst, withSecond: [String]

    init() throws {
        site = try PlantSite.operated()
        first = site.bundle
        try site.writeData("data")
        without = try site.treeOfBundle()
        try site.install()
        withFirst = try site.treeOfBundle()
        try site.upgrade()
        second = site.bundle
        withSecond = try site.treeOfBundle()
        try remove(SystemFileEffects())
        try #require(site.treeOfBundle() == without)
    }

    /// The tree that is there now: whichever bundle, or none.
    private var now: [String] { get throws { try site.treeOfBundle() } }
    private var installed: Receipt? { get throws { try InstalledBundles.receipts(root: site.root).first } }

    private func remove(_ effects: any FileEffects) throws {
        guard let receipt = try installed else { return }
        _ = try Removal(of: receipt, at: site.target).run(
            runName: site.nextRunName(), trustsFileSystemSync: false, effects: effects, machine: PlayedMachine(),
            progress: SilentProgress())
    }

    /// One cycle: whether it ended well, and what is wrong afterwards.
    func run(_ way: `cycles from one bundle to the other`.Way, _ fault: Fault) throws -> (isDone: Bool, String?) {
        let before = try now
        let effects = FaultyFileEffects(fault)
        let receipt = try installed
        var (after, isDone) = (before, true)
        do {
            switch way {
            case .upgrade:
                after = withSecond
                try install(second, effects)
            case .down:
                after = withFirst
                try install(first, effects)
            case .away:
                after = without
                try remove(effects)
            case .rollback:
                guard let receipt, receipt.bundle.sequence == second.manifest.sequence, try hasWayBack(receipt) else {
                    after = withFirst
                    try install(first, effects)
                    break
                }
                after = withFirst
                _ = try Rollback(of: receipt, at: site.target).run(in: site.environment(PlayedMachine(), effects))
            }
        } catch is Diagnostic { isDone = false }
        return (isDone, try complaint(before: before, after: after, isDone))
    }

    private func hasWayBack(_ receipt: Receipt) throws -> Bool {
        do { _ = try Rollback(of: receipt, at: site.target) } catch ApplyError.noPrevious { return false }
        return true
    }

    private func install(_ bundle: TinyBundle, _ effects: any FileEffects) throws {
        site.use(bundle)
        try site.install(effects: effects, allowing: .downgrade)
    }

    private func complaint(before: [String], after: [String], _ isDone: Bool) throws -> String? {
        _ = try Transaction.recover(root: site.root, state: TargetRoot.state, effects: SystemFileEffects())
        let found = try now
        guard found == before || found == after else {
            return "neither old nor new: \(Set(found).symmetricDifference(after).sorted().prefix(4))"
        }
        if isDone, found != after { return "it ended well, and the old is there" }
        let state = try site.tree()
        let names = state.filter { $0.hasPrefix("/var/lib/sealift/") }
        if let left = names.first(where: { $0.contains("/journal") || $0.contains("/attempts") }) { return left }
        // What an upgrade has kept lies in one staging folder for each mount, and there is one.
        let areas = Set(
            state.filter { $0.contains("/.sealift-") }.map {
                $0.split(separator: "/").first { $0.hasPrefix(".sealift-") }?.split(separator: " ")[0]
            })
        if areas.count > 1 { return "\(areas.count) staging folders are left" }
        return try open().map { "open: \($0)" }
    }

    /// A file below the root that this process has open still.
    private func open() throws -> String? {
        for name in try DirectoryHandle.open("/proc/self/fd").entries() {
            var buffer = [CChar](repeating: 0, count: 4_097)
            guard readlink("/proc/self/fd/\(name)", &buffer, 4_096) > 0 else { continue }
            let target = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if target.hasPrefix(site.root.text + "/") { return target }
        }
        return nil
    }

    /// Takes everything away: what is left then has added up.
    func end() throws -> [String] {
        try remove(SystemFileEffects())
        guard try now == without else { return ["after the end: \(try now)"] }
        return try site.tree().filter {
            $0.contains("/.sealift-") || $0.contains("/previous") || $0.contains("/beside")
        }
    }
}
