import LibCurl
import Posix
import Values

/// The one thread that runs curl. Others hand it exchanges and wait.
final class NetworkThread: Sendable {
    private let shared = Shared()
    private let waker: TransferWaker
    private let thread: WaitedThread

    /// What both sides see.
    fileprivate final class Shared: Sendable {
        private let state = Monitor<(arrivals: [Exchange], isStopped: Bool)>(([], false))

        func add(_ exchange: Exchange) { state.withLock { $0.arrivals.append(exchange) } }

        func stop() { state.withLock { $0.isStopped = true } }

        /// What came since the last call; `nil` when it is time to go.
        func takeArrivals() -> [Exchange]? {
            state.withLock { state in
                guard !state.isStopped else { return nil }
                defer { state.arrivals = [] }
                return state.arrivals
            }
        }
    }

    /// - Parameters:
    ///   - total: Exchanges at one time.
    ///   - perHost: Exchanges at one time with one host and port.
    init(total: Int, perHost: Int) throws(FetchError) {
        let ready = Monitor<Result<TransferWaker, TransferFailure>?>(nil)
        let started = WaitedThread { [shared] in
            do throws(TransferFailure) {
                let loop = try TransferLoop()
                ready.withLock { $0 = .success(loop.waker) }
                var round = NetworkRound(loop: loop, total: total, perHost: perHost)
                while let arrivals = shared.takeArrivals() { round.run(arrivals) }
            } catch {
                ready.withLock { $0 = .failure(error) }
            }
        }
        guard let started else { throw .setup("the system has no thread for the network") }
        thread = started
        do { waker = try ready.wait { $0 }.get() } catch {
            started.join()
            throw .setup(error.text)
        }
    }

    deinit {
        shared.stop()
        waker.wake()
        thread.join()
    }

    /// Runs `exchange` when its turn comes, and returns when it is over.
    func run(_ exchange: Exchange) -> TransferFailure? {
        shared.add(exchange)
        waker.wake()
        return exchange.waitForEnd()
    }
}

/// What the network thread keeps: who waits and who runs.
private struct NetworkRound {
    let loop: TransferLoop
    let total: Int
    let perHost: Int
    private var waiting: [Exchange] = []
    private var running: [TransferLoop.TransferID: Exchange] = [:]

    /// How long an idle wait may last before stop flags are looked at, in milliseconds.
    private static let patience = 250

    init(loop: TransferLoop, total: Int, perHost: Int) {
        self.loop = loop
        self.total = total
        self.perHost = perHost
    }

    mutating func run(_ arrivals: [Exchange]) {
        waiting += arrivals
        dropStopped()
        startWhatFits()
        do throws(TransferFailure) {
            let isIdle = waiting.isEmpty && running.isEmpty
            for completion in try loop.turn(waitingUpTo: isIdle ? 60_000 : Self.patience) {
                running.removeValue(forKey: completion.id)?.end(completion.failure)
            }
        } catch {
            // The multi handle itself is broken: nothing that runs on it can go on.
            for (id, exchange) in running {
                loop.cancel(id)
                exchange.end(error)
            }
            running = [:]
        }
    }

    private mutating func dropStopped() {
        let stopped = TransferFailure(.stopped, "stopped")
        for exchange in waiting where exchange.stop.isSet { exchange.end(stopped) }
        waiting.removeAll { $0.stop.isSet }
        for (id, exchange) in running where exchange.stop.isSet {
            loop.cancel(id)
            running[id] = nil
            exchange.end(stopped)
        }
    }

    private mutating func startWhatFits() {
        var still: [Exchange] = []
        for exchange in waiting {
            let sameHost = running.values.count { $0.host == exchange.host }
            guard running.count < total, sameHost < perHost else {
                still.append(exchange)
                continue
            }
            do throws(TransferFailure) {
                running[try loop.start(exchange.request, receiver: exchange.receiver)] = exchange
            } catch {
                exchange.end(error)
            }
        }
        waiting = still
    }
}
