import FaultInjection
import Posix
import Testing
import Transaction
import Values

@Suite struct `a transaction happens wholly or not at all` {
    /// What the tree is before and after, and how many calls that takes.
    struct Course {
        var old: [String]
        var new: [String]
        var calls: [FaultyFileEffects.Call]
    }

    static func course(syncs: Bool = true) throws -> Course {
        let workshop = try Workshop()
        let old = try workshop.tree()
        let effects = FaultyFileEffects()
        try #require(try workshop.install(effects, syncs: syncs) == nil)
        return Course(old: old, new: try workshop.treeWithoutState(), calls: effects.calls)
    }

    @Test func `without a fault everything is as it was asked for`() throws {
        let course = try Self.course()
        #expect(course.old != course.new)
        #expect(course.new.contains { $0.hasPrefix("/usr/local/bin/third -> tool") })
        #expect(course.new.contains { $0.hasPrefix("/etc/app/conf.d 700") })
        #expect(course.new.contains { $0.hasPrefix("/etc/app/conf.d/00.yaml 600") })
        #expect(!course.new.contains { $0.contains("stale.tar") || $0.contains(".sealift") })
        #expect(course.calls.count > 60)
    }

    @Test(arguments: [
        Fault.Kind.error(.noSpace), .error(.inputOutput), .error(.readOnly), .lateError(.inputOutput), .torn(1),
    ])
    func `a call that fails leaves the tree as it was`(kind: Fault.Kind) throws {
        let course = try Self.course()
        for number in 1...course.calls.count {
            let workshop = try Workshop()
            let call = course.calls[number - 1]
            if case .torn = kind, call.operation != "write" { continue }
            let effects = FaultyFileEffects(Fault(.number(number), kind))
            let undone: TransactionError?
            if case .torn = kind {
                undone = try? workshop.install(effects)
                _ = try workshop.recover()
            } else {
                undone = try workshop.install(effects)
            }
            try #require(effects.hasStruck)
            _ = try workshop.recover()
            let tree = try workshop.treeWithoutState()
            let isNew = call.tag.text.hasPrefix("clear.") || call.tag.text == "finish.synchronize"
            #expect(
                tree == (isNew ? course.new : course.old), "\(kind) at call \(number), \(call.tag): \(undone as Any)")
            if !isNew { #expect(try workshop.tree() == course.old) }
        }
    }

    @Test(arguments: [Fault.Kind.stopBefore, .stopAfter], [true, false])
    func `a run that is cut off anywhere is old or new after recovery`(kind: Fault.Kind, syncs: Bool) throws {
        let course = try Self.course(syncs: syncs)
        var outcomes: Set<Bool> = []
        for number in 1...course.calls.count {
            let workshop = try Workshop()
            let effects = FaultyFileEffects(Fault(.number(number), kind))
            // The undoing of a run that was cut off is cut off too.
            _ = try? workshop.install(effects, syncs: syncs)
            _ = try workshop.recover()
            let tree = try workshop.treeWithoutState()
            #expect(
                tree == course.old || tree == course.new, "\(kind) at call \(number), \(course.calls[number - 1].tag)")
            outcomes.insert(tree == course.old)
            #expect(try workshop.recover() == .nothingToDo)
            #expect(try workshop.treeWithoutState() == tree)
            #expect(try workshop.install(SystemFileEffects()) == nil)
            #expect(try workshop.treeWithoutState() == course.new)
        }
        #expect(outcomes == [true, false])
    }

    @Test func `recovery that is cut off anywhere is taken up again`() throws {
        let course = try Self.course()
        let points = course.calls.filter { $0.tag == "commit.rename" || $0.tag == "clear.staging" }
        for point in points {
            let probe = FaultyFileEffects()
            let counted = try Workshop()
            _ = try? counted.install(FaultyFileEffects(Fault(.number(point.number), .stopAfter)))
            _ = try counted.recover(probe)
            let tree = try counted.treeWithoutState()
            for number in probe.calls.indices {
                let workshop = try Workshop()
                _ = try? workshop.install(FaultyFileEffects(Fault(.number(point.number), .stopAfter)))
                _ = try? workshop.recover(FaultyFileEffects(Fault(.number(number + 1), .stopBefore)))
                _ = try workshop.recover()
                #expect(try workshop.treeWithoutState() == tree, "cut at \(point.number), recovery at \(number + 1)")
            }
        }
    }

    @Test func `nothing has a final name before it is durable, and no journal comes late`() throws {
        let tags = try Self.course().calls.map(\.tag.text)
        func first(_ tag: String) throws -> Int { try #require(tags.firstIndex(of: tag)) }
        func last(_ tag: String) throws -> Int { try #require(tags.lastIndex(of: tag)) }
        #expect(try last("stage.write") < first("seal.file-system"))
        #expect(try last("seal.file-system") < last("journal.write"))
        #expect(try last("commit.keep-synchronize") < first("commit.directory"))
        #expect(try last("journal.folder") < first("commit.directory"))
        #expect(try last("commit.rename") < first("commit.synchronize"))
        #expect(try last("commit.synchronize") < first("finish.rename"))
        #expect(try last("finish.synchronize") < first("clear.staging"))
    }
}
