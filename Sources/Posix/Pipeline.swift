/// One run of ``Workers/pipeline(count:inFlight:produce:work:consume:)``.
final class Pipeline<Job: Sendable, Result: Sendable>: @unchecked Sendable {
    // Unchecked for `consume` alone, which only the consumer's thread calls. Everything that changes is in `progress`.
    private let inFlight: Int
    private let work: @Sendable (Job) throws -> Result
    private let consume: (Result) throws -> Void
    private let progress = Monitor(Progress())

    /// Where the run is. Jobs are numbered in the order of their making.
    private struct Progress {
        /// Made, not yet taken by a worker: the numbers up to `produced`.
        var queue: [Job] = []
        /// Worked on, not yet consumed.
        var results: [Int: Result] = [:]
        var produced = 0
        var consumed = 0
        /// There will be no more jobs.
        var isComplete = false
        /// The error that is first in order, so far.
        var failure: (number: Int, error: any Error)?

        /// Whether an error before `number`, or its own, made it pointless.
        func isCancelled(_ number: Int) -> Bool { failure.map { $0.number <= number } ?? false }
    }

    init(
        inFlight: Int, work: @escaping @Sendable (Job) throws -> Result, consume: @escaping (Result) throws -> Void
    ) {
        self.inFlight = inFlight
        self.work = work
        self.consume = consume
    }

    /// Starts the threads, makes the jobs on this one, and waits for the end of all.
    func run(count: Int, produce: () throws -> Job?) throws {
        let threads = startThreads(workers: count)
        produceAll(produce)
        for thread in threads { thread.join() }
        if let failure = progress.withLock({ $0.failure }) { throw failure.error }
    }

    /// One consumer and up to `workers` workers: fewer when the system gives no more, but at least one.
    private func startThreads(workers: Int) -> [Thread] {
        var threads: [Thread] = []
        do throws(Errno) {
            threads.append(try Thread { self.consumeAll() })
            for _ in 0..<workers { threads.append(try Thread { self.workOnAll() }) }
        } catch {
            if threads.count < 2 { fail(0, FileError("start a thread of", "/proc/self/exe", error)) }
        }
        return threads
    }

    private func produceAll(_ produce: () throws -> Job?) {
        while let number = nextNumber() {
            do {
                guard let job = try produce() else { return progress.withLock { $0.isComplete = true } }
                progress.withLock { progress in
                    guard progress.failure == nil else { return }
                    progress.queue.append(job)
                    progress.produced += 1
                }
            } catch { fail(number, error) }
        }
    }

    /// What a thread finds when its wait is over.
    private enum Turn<Item> {
        case item(Item)
        case end

        var item: Item? { if case .item(let item) = self { item } else { nil } }
    }

    /// Waits until one more job may exist; `nil` when there shall be no more.
    private func nextNumber() -> Int? {
        progress.wait { progress -> Turn<Int>? in
            if progress.isComplete { return .end }
            guard progress.produced - progress.consumed < inFlight else { return nil }
            return .item(progress.produced)
        }.item
    }

    private func workOnAll() {
        while let (number, job) = nextJob() {
            do {
                let result = try work(job)
                progress.withLock { progress in
                    if !progress.isCancelled(number) { progress.results[number] = result }
                }
            } catch { fail(number, error) }
        }
    }

    private func nextJob() -> (Int, Job)? {
        progress.wait { progress -> Turn<(Int, Job)>? in
            let number = progress.produced - progress.queue.count
            if !progress.queue.isEmpty { return .item((number, progress.queue.removeFirst())) }
            return progress.isComplete ? .end : nil
        }.item
    }

    private func consumeAll() {
        while let (number, result) = nextResult() {
            do {
                try consume(result)
                progress.withLock { $0.consumed += 1 }
            } catch { return fail(number, error) }
        }
    }

    private func nextResult() -> (Int, Result)? {
        progress.wait { progress -> Turn<(Int, Result)>? in
            let number = progress.consumed
            if progress.isCancelled(number) { return .end }
            if let result = progress.results.removeValue(forKey: number) { return .item((number, result)) }
            return progress.isComplete && number == progress.produced ? .end : nil
        }.item
    }

    /// Notes an error of job `number`, lets go of all that comes after it, and makes sure that nothing more begins.
    private func fail(_ number: Int, _ error: any Error) {
        // Dropped outside the lock: the end of a job, such as that of its buffers, may do anything.
        let dropped = progress.withLock { progress -> ([Job], [Result]) in
            progress.isComplete = true
            guard !progress.isCancelled(number) else { return ([], []) }
            progress.failure = (number, error)
            let late = progress.results.filter { $0.key > number }
            for key in late.keys { progress.results[key] = nil }
            // The queue is in order: when a worker or the consumer fails, all that waits is later; an error of `produce` is
            // later than all that waits.
            guard number < progress.produced else { return ([], Array(late.values)) }
            let waiting = progress.queue
            progress.queue = []
            return (waiting, Array(late.values))
        }
        withExtendedLifetime(dropped) {}
    }
}
