import Posix
import Reporting
import Values

/// One call of `download`: threads that take jobs until there are none, or one has failed.
final class DownloadRun: Sendable {
    private let jobs: [DownloadItem]
    private let store: any ContentStore
    private let context: FetchContext
    private let meter: ProgressMeter
    private let stop = StopFlag()
    private let state: Monitor<State>

    private struct State {
        var waiting: [Int]
        var active: [String: Int] = [:]
        var results: [Downloaded?]
        var error: FetchError?
    }

    init(_ plan: DownloadPlan, store: any ContentStore, context: FetchContext) {
        jobs = plan.jobs
        self.store = store
        self.context = context
        meter = ProgressMeter(context.progress, total: plan.total)
        state = Monitor(
            State(waiting: Array(plan.jobs.indices), results: Array(repeating: nil, count: plan.jobs.count)))
    }

    /// Runs all jobs; returns one result for each.
    func run() throws(FetchError) -> [Downloaded] {
        var threads: [WaitedThread] = []
        for _ in 0..<min(jobs.count, context.settings.parallel) {
            guard let thread = WaitedThread({ [self] in work() }) else {
                fail(.setup("the system has no thread for a download"))
                break
            }
            threads.append(thread)
        }
        for thread in threads { thread.join() }
        return try state.withLock { state throws(FetchError) in
            if let error = state.error { throw error }
            return state.results.compactMap(\.self)
        }
    }

    private func work() {
        while !stop.isSet, let job = takeJob() {
            do throws(FetchError) {
                let result = try Download(jobs[job], store: store, context: context, meter: meter, stop: stop).run()
                state.withLock { state in
                    state.results[job] = result
                    state.active[host(of: job), default: 1] -= 1
                }
            } catch {
                fail(error)
            }
        }
    }

    /// The next job, of a host that is not busy if there is one: a thread that waits for a busy host keeps others idle.
    private func takeJob() -> Int? {
        state.withLock { state in
            let free = state.waiting.firstIndex {
                state.active[host(of: $0), default: 0] < context.settings.parallelPerHost
            }
            guard let index = free ?? state.waiting.indices.first else { return nil }
            let job = state.waiting.remove(at: index)
            state.active[host(of: job), default: 0] += 1
            return job
        }
    }

    private func host(of job: Int) -> String { jobs[job].request.origin.hostAndPort }

    /// Keeps the first error: the others are mostly its consequence.
    private func fail(_ error: FetchError) {
        state.withLock { state in
            if state.error == nil || state.error == .stopped { state.error = error }
        }
        stop.set()
    }
}
