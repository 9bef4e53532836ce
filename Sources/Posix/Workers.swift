import CLinux
import Glibc

/// Work on many items by a fixed number of threads behind one bounded queue.
///
/// Never Swift tasks: their pool does not grow when its threads block, and on a machine with one CPU two of them that wait
/// for each other stop for ever.
public enum Workers {
    /// How many CPUs this process may run on (sched_getaffinity(2)); at least 1.
    public static var processorCount: Int { max(1, Int(sealift_processor_count())) }

    /// Makes jobs, works on them in any order, and uses the results in the order in which the jobs were made.
    ///
    /// It ends as if all was done one after the other: when `produce`, `work` or `consume` throws, nothing new begins, what
    /// came before in order is brought to its end, and the error that is first in order is thrown. `produce` and `consume`
    /// run at the same time on two threads: what both touch must bear that. All threads have ended when this returns.
    ///
    /// - Parameters:
    ///   - count: How many threads work, at least 1.
    ///   - inFlight: How many jobs there are at most between their making and the end of their `consume`, at least 1.
    ///   - produce: Makes the next job; `nil` when there is none left. Runs on the calling thread.
    ///   - work: Turns a job into its result. Runs on `count` threads.
    ///   - consume: Uses a result. Runs on one thread of its own.
    public static func pipeline<Job: Sendable, Result: Sendable>(
        count: Int, inFlight: Int, produce: () throws -> Job?, work: @Sendable (Job) throws -> Result,
        consume: (Result) throws -> Void
    ) throws {
        // The closures outlive no call: every thread is joined before this returns.
        try withoutActuallyEscaping(work) { work in
            try withoutActuallyEscaping(consume) { consume in
                let pipeline = Pipeline(inFlight: max(1, inFlight), work: work, consume: consume)
                try pipeline.run(count: max(1, count), produce: produce)
            }
        }
    }

    /// Does `work` on every item, `count` at a time; the first error in the order of the items stops the rest and is thrown.
    public static func forEach<Item: Sendable>(
        _ items: [Item], count: Int, _ work: @Sendable (Item) throws -> Void
    ) throws {
        var rest = items.makeIterator()
        try pipeline(count: count, inFlight: 2 * count, produce: { rest.next() }, work: work, consume: { _ in })
    }

    /// Turns every item into its result, `count` at a time; results stand in the order of the items.
    public static func map<Item: Sendable, Result: Sendable>(
        _ items: [Item], count: Int, _ work: @Sendable (Item) throws -> Result
    ) throws -> [Result] {
        var rest = items.makeIterator()
        var results: [Result] = []
        results.reserveCapacity(items.count)
        try pipeline(
            count: count, inFlight: 2 * count, produce: { rest.next() }, work: work, consume: { results.append($0) })
        return results
    }
}
