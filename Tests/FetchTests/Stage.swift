import Fetch
import Reporting
import Synchronization
import Values

/// A clock that waits for nothing and remembers what it was asked to wait.
final class FakeClock: Sendable {
    private let waited = Mutex(0)
    /// All pauses together, in milliseconds.
    var milliseconds: Int { waited.withLock { $0 } }
    let now: Timestamp

    init(now: Timestamp = Timestamp(seconds: 1_000_000)) { self.now = now }

    var clock: FetchClock {
        FetchClock(
            now: { [now] in now }, sleep: { [self] pause in waited.withLock { $0 += pause } }, chance: { 999 })
    }
}

/// Remembers all that was told.
final class Listener: ProgressReceiver {
    private let heard = Mutex<(steps: [Progress], words: [Diagnostic])>(([], []))
    var steps: [Progress] { heard.withLock { $0.steps } }
    var words: [Diagnostic] { heard.withLock { $0.words } }
    func report(_ progress: Progress) { heard.withLock { $0.steps.append(progress) } }
    func say(_ diagnostic: Diagnostic) { heard.withLock { $0.words.append(diagnostic) } }
}

/// A fetcher that waits for nothing.
func makeFetcher(
    _ clock: FakeClock = FakeClock(), environment: [String: String] = [:],
    progress: any ProgressReceiver = SilentProgress(),
    _ change: (inout FetchSettings) -> Void = { _ in }
) throws -> Fetcher {
    var settings = FetchSettings(environment: environment)
    settings.clock = clock.clock
    change(&settings)
    return try Fetcher(settings, progress: progress)
}

/// The error that `body` throws; `nil` when it throws none.
func fetchError<Result>(_ body: () throws -> Result) throws -> FetchError? {
    do { _ = try body() } catch let error as FetchError { return error }
    return nil
}
