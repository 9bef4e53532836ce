import Counting
import FaultInjection
import Posix
import Testing
import Transaction
import Values

/// Every call of the 40-file fixture, or every n-th where time is short; `SEALIFT_LONG` asks for all.
@Suite struct `campaigns over forty files` {
    struct Course {
        let old, new: [String]
        let calls: [FaultyFileEffects.Call]

        init() throws {
            let factory = try Factory()
            old = try factory.tree()
            let effects = FaultyFileEffects()
            try #require(try factory.install(effects) == nil)
            new = try factory.tree()
            calls = effects.calls
        }

        /// The numbers of calls, every `step`-th.
        func numbers(_ step: Int) -> [Int] {
            Array(stride(from: 1, through: calls.count, by: Tally.isLong ? 1 : step))
        }

        /// Whether the run had passed the point of no return at that call.
        func isPast(_ call: FaultyFileEffects.Call) -> Bool {
            ["clear.", "farewell."].contains { call.tag.text.hasPrefix($0) } || call.tag == "finish.synchronize"
        }
    }

    @Test func `C1: a run that ends at any call is old or new after recovery, and can be done again`() throws {
        let course = try Course()
        #expect(course.calls.count >= 400)
        var (runs, failing, outcomes) = (0, [String](), Set<Bool>())
        for number in course.numbers(4) {
            for kind in [Fault.Kind.stopBefore, .stopAfter] {
                let factory = try Factory()
                _ = try? factory.install(FaultyFileEffects(Fault(.number(number), kind)))
                _ = try factory.recover()
                let tree = try factory.tree()
                runs += 1
                outcomes.insert(tree == course.new)
                guard tree == course.old || tree == course.new, try factory.recover() == .nothingToDo else {
                    failing.append("\(kind) at \(course.calls[number - 1].tag)")
                    continue
                }
                if tree == course.old, number % 16 == 1 {
                    try #require(try factory.install(SystemFileEffects()) == nil)
                    if try factory.tree() != course.new { failing.append("again after \(number)") }
                }
            }
        }
        Tally.report(
            "C1", "ends of a run at one of \(course.calls.count) calls, in process", count: runs, failing: failing.count
        )
        #expect(failing == [])
        #expect(outcomes == [true, false])
    }

    @Test func `C2: recovery that ends at any call is taken up again`() throws {
        let course = try Course()
        var (runs, failing) = (0, [String]())
        let points = Tally.isLong ? 60 : 24
        for number in stride(from: 60, through: course.calls.count, by: max(1, course.calls.count / points)) {
            func cut() throws -> Factory {
                let factory = try Factory()
                _ = try? factory.install(FaultyFileEffects(Fault(.number(number), .stopAfter)))
                return factory
            }
            let (probe, counted) = (FaultyFileEffects(), try cut())
            _ = try counted.recover(probe)
            let tree = try counted.tree()
            for call in stride(from: 1, through: probe.calls.count, by: Tally.isLong ? 1 : 2) {
                let factory = try cut()
                _ = try? factory.recover(
                    FaultyFileEffects(Fault(.number(call), call % 2 == 0 ? .stopBefore : .stopAfter)))
                _ = try factory.recover()
                runs += 1
                if try factory.tree() != tree {
                    failing.append("cut at \(number), recovery at \(probe.calls[call - 1].tag)")
                }
            }
        }
        Tally.report("C2", "ends of a recovery at one of its calls", count: runs, failing: failing.count)
        #expect(failing == [])
        #expect(runs >= 300)
    }

    @Test func `C3: a call that fails leaves the old, or the new where nothing is left to undo`() throws {
        let course = try Course()
        let kinds: [Fault.Kind] = [
            .error(.inputOutput), .error(.noSpace), .error(.overQuota), .error(.readOnly), .error(.accessDenied),
            .error(.interrupted), .torn(1),
        ]
        var (runs, failing) = (0, [String]())
        for (index, kind) in kinds.enumerated() {
            // Each kind begins at another call, so that all calls are met.
            for number in course.numbers(7) where number + index <= course.calls.count {
                let number = Tally.isLong ? number : number + index
                let call = course.calls[number - 1]
                let factory = try Factory()
                let effects = FaultyFileEffects(Fault(.number(number), kind))
                let wasTold = factory.refuses(effects)
                if case .torn = kind { _ = try factory.recover() }
                runs += 1
                let isPast = course.isPast(call)
                if isPast { _ = try factory.recover() }
                let tree = try factory.tree()
                let isTold = wasTold || isPast
                if tree != (isPast ? course.new : course.old) || !isTold {
                    failing.append("\(kind) at \(number), \(call.tag)")
                }
            }
        }
        Tally.report("C3", "errors of seven kinds at calls", count: runs, failing: failing.count)
        #expect(failing == [])
    }

    @Test func `C4: fsync that fails once is never taken for success`() throws {
        let course = try Course()
        let sites = course.calls.filter { $0.operation.hasPrefix("synchronize") }
        var failing: [String] = []
        for call in sites {
            for kind in [Fault.Kind.error(.inputOutput), .lateError(.inputOutput)] {
                let factory = try Factory()
                let wasTold = factory.refuses(FaultyFileEffects(Fault(.number(call.number), kind)))
                let isPast = course.isPast(call)
                if isPast { _ = try factory.recover() }
                let isTold = wasTold || isPast
                if try factory.tree() != (isPast ? course.new : course.old) || !isTold { failing.append("\(call.tag)") }
            }
        }
        Tally.report("C4", "calls of fsync and syncfs that fail once", count: sites.count * 2, failing: failing.count)
        #expect(failing == [])
        #expect(Set(sites.map(\.tag)).count >= 8)
    }
}
