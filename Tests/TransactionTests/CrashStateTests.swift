import Counting
import FaultInjection
import Posix
import Testing
import Transaction
import Values

/// What a run wrote, and what it may leave.
struct Course: Sendable {
    private let size: Factory.Size
    private let scenario: Scenario
    /// What the disk was before.
    let beginning: CrashState
    let records: [RecordingFileEffects.Record]
    let old, new: [String]
    /// The tree when the run had ended.
    let end: [String]

    /// The ways in which a run can end.
    enum Scenario: CaseIterable, Sendable { case install, undo, recoverToOld, recoverToNew }

    init(_ scenario: Scenario, syncs: Bool, size: Factory.Size = .small) throws {
        self.size = size
        self.scenario = scenario
        let probe = try Factory(size)
        old = try probe.tree()
        _ = try probe.install(SystemFileEffects(), syncs: syncs)
        new = try probe.tree()
        let factory: Factory
        let recorder: RecordingFileEffects
        switch scenario {
        case .install, .undo:
            factory = try Factory(size)
            beginning = Factory.beginning(size)
            recorder = RecordingFileEffects(root: factory.root)
            _ = try factory.install(recorder, syncs: syncs, fails: scenario == .undo)
        case .recoverToOld, .recoverToNew:
            let tag: EffectTag = scenario == .recoverToOld ? "commit.set-aside" : "clear.staged"
            factory = try Factory(size)
            _ = try? factory.install(FaultyFileEffects(Fault(.tag(tag, 1), .stopAfter)), syncs: syncs)
            beginning = try #require(ModelDisk(copying: factory.root).crashStates(random: 0, seed: 0).first)
            recorder = RecordingFileEffects(root: factory.root)
            _ = try factory.recover(recorder)
        }
        records = recorder.records
        end = try factory.tree()
    }

    /// The tags of all calls that make something durable.
    var sites: Set<EffectTag> {
        Set(
            records.compactMap { record in
                switch record.change {
                case .synchronize, .synchronizeDirectory, .synchronizeFileSystem: record.tag
                default: nil
                }
            })
    }

    /// Cuts the power after each change, and looks at what recovery makes of every state that the disk may be in.
    ///
    /// - Parameters:
    ///   - ignored: Calls of this tag make nothing durable.
    ///   - good: States that are known to be right; those that are found so are added.
    ///   - enough: Stops after so many failing states.
    func examine(
        ignoring ignored: EffectTag? = nil, good: inout Set<CrashState>, random: Int, enough: Int = 10
    ) throws -> (states: Int, failing: [String]) {
        let start = try Factory(size, beginning)
        var disk = try ModelDisk(copying: start.root)
        var (seen, total): (Set<CrashState>, Int) = ([], 0)
        var failing: [String] = []
        for number in 0...records.count {
            if number > 0 { disk.apply(records[number - 1], ignoring: ignored) }
            let isEnd = number == records.count
            // At the end all is looked at once more: whoever was told of the end relies on it.
            if isEnd { (total, seen) = (seen.count, []) }
            for state in disk.crashStates(random: random, seed: UInt64(number)) where seen.insert(state).inserted {
                guard isEnd || !good.contains(state) else { continue }
                guard let wrong = try fault(of: state, isEnd: isEnd) else {
                    good.insert(state)
                    continue
                }
                let tag = number > 0 ? records[number - 1].tag.text : "nothing"
                failing.append("after change \(number), \(tag): \(wrong)")
                if failing.count >= enough { return (total + seen.count, failing) }
            }
        }
        return (total + seen.count, failing)
    }

    /// What is wrong with a state after recovery; `nil` when nothing is.
    private func fault(of state: CrashState, isEnd: Bool) throws -> String? {
        let factory = try Factory(size, state)
        do {
            let found = try factory.recover()
            let tree = try factory.tree()
            if isEnd {
                guard found == .nothingToDo else { return "the run had ended, and recovery found \(found)" }
                guard tree == end else { return "the run had ended: \(difference(tree, end))" }
            }
            guard tree == old || tree == new else {
                return "neither old nor new: \(difference(tree, old)) and \(difference(tree, new))"
            }
            guard isCounted(state) else { return "recovery had changed something, and its attempt is not counted" }
            guard try factory.recover() == .nothingToDo else {
                return "a second recovery found something to do"
            }
            return nil
        } catch {
            return "recovery failed: \(error)"
        }
    }

    /// Whether an attempt of recovery is on the disk before anything that it changes.
    private func isCounted(_ state: CrashState) -> Bool {
        guard scenario == .recoverToOld || scenario == .recoverToNew else { return true }
        let hasJournal = state.entries.keys.contains {
            $0.hasSuffix("sealift/journal") || $0.hasSuffix("sealift/journal.done")
        }
        guard hasJournal else { return true }
        let attempts = "var/lib/sealift/attempts"
        if case .file(_, let marks)? = state.entries[attempts], !marks.isEmpty { return true }
        return state.entries.filter { $0.key != attempts } == beginning.entries
    }

    private func difference(_ left: [String], _ right: [String]) -> String {
        let (a, b) = (Set(left), Set(right))
        return "+\(a.subtracting(b).sorted().prefix(3)) -\(b.subtracting(a).sorted().prefix(3))"
    }
}

@Suite struct `power cuts as the disk may see them` {
    @Test func `after any cut recovery ends in exactly the old or exactly the new tree`() throws {
        var (states, failing) = (0, [String]())
        for scenario in Course.Scenario.allCases {
            for syncs in [true, false] {
                let course = try Course(scenario, syncs: syncs, size: Tally.isLong ? .whole : .small)
                var good: Set<CrashState> = []
                let found = try course.examine(good: &good, random: Tally.isLong ? 12 : 4)
                states += found.states
                failing += found.failing.map { "\(scenario), syncs \(syncs), \($0)" }
            }
        }
        Tally.report("C5", "states of the disk after a cut", count: states, failing: failing.count)
        #expect(failing == [])
        #expect(states >= 2_000)
    }

    @Test func `every call that makes something durable is needed`() throws {
        var needed: [EffectTag: Bool] = [:]
        for scenario in Course.Scenario.allCases {
            for syncs in [true, false] {
                let course = try Course(scenario, syncs: syncs)
                var good: Set<CrashState> = []
                for site in course.sites where needed[site] != true {
                    let found = try course.examine(ignoring: site, good: &good, random: 0, enough: 1)
                    needed[site] = !found.failing.isEmpty
                }
            }
        }
        let idle = needed.filter { !$0.value }.map(\.key.text).sorted()
        Tally.report("C6", "calls that make durable, each left out once", count: needed.count, failing: idle.count)
        #expect(idle == [])
        #expect(needed.count >= 12)
    }
}
