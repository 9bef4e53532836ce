import Fetch
import Glibc
import LoopbackServer
import Posix
import Reporting
import Store
import Values

/// A clock that waits for nothing and remembers what it was asked to wait.
final class FakeClock: Sendable {
    private let waited = Monitor(0)
    /// All pauses together, in milliseconds.
    var milliseconds: Int { waited.withLock { $0 } }
    let now: Timestamp

    init(now: Timestamp = Timestamp(seconds: 784_111_777)) { self.now = now }

    var clock: FetchClock {
        FetchClock(
            now: { [now] in now }, sleep: { [self] pause in waited.withLock { $0 += pause } }, chance: { 1_000 })
    }
}

/// Remembers all that was told.
final class Listener: ProgressReceiver {
    private let heard = Monitor<(steps: [Progress], words: [Diagnostic])>(([], []))
    var steps: [Progress] { heard.withLock { $0.steps } }
    var words: [Diagnostic] { heard.withLock { $0.words } }
    func report(_ progress: Progress) { heard.withLock { $0.steps.append(progress) } }
    func say(_ diagnostic: Diagnostic) { heard.withLock { $0.words.append(diagnostic) } }
}

/// A URL that is known later than the script that names it.
final class Detour: Sendable {
    private let held = Monitor("")
    var url: String {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

/// Counts, for scripts that answer the first request otherwise than the second.
final class Turns: Sendable {
    private let count = Monitor<[String: Int]>([:])
    /// How often ``next(_:)`` was called for `key`.
    func peek(_ key: String) -> Int { count.withLock { $0[key, default: 0] } }

    /// 1 at the first call for `key`, then 2, …
    func next(_ key: String = "") -> Int {
        count.withLock { count in
            count[key, default: 0] += 1
            return count[key, default: 0]
        }
    }
}

/// A server that answers its `n`th request, from 1, by `script`.
func makeServer(_ script: @escaping @Sendable (_ n: Int, HTTPRequest) -> HTTPReply) -> ScriptedServer {
    let turns = Turns()
    return ScriptedServer { script(turns.next(), $0) }
}

/// A fetcher that waits for nothing.
func makeFetcher(
    _ clock: FakeClock = FakeClock(), environment: [String: String] = [:],
    progress: any ProgressReceiver = SilentProgress(), _ change: (inout FetchSettings) throws -> Void = { _ in }
) throws -> Fetcher {
    var settings = FetchSettings(environment: environment)
    settings.clock = clock.clock
    try change(&settings)
    return try Fetcher(settings, progress: progress)
}

/// A store in a folder of its own, removed at the end.
final class ScratchStore {
    let store: Store
    private let folder: FilePath

    init() throws {
        var template = Array("/tmp/sealift-fetch.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no scratch folder") }
        folder = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        store = try Store(root: folder.appending("store"))
    }

    deinit {
        guard let name = try? MemberPath(validating: folder.lastComponent) else { return }
        try? DirectoryHandle.open(folder.parent).removeTree(name)
    }

    /// The parts that wait for a next run.
    var parts: [String] { get throws { try DirectoryHandle.open(store.root.appending("partial")).entries() } }
}

/// `count` bytes that do not repeat soon.
func pattern(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) &+ seed }
}

extension FetchError {
    /// The status of a refusal, and how often it was tried; `nil` for other errors.
    var refusal: (status: Int, tries: Int)? {
        guard case .refused(let site, let response) = self else { return nil }
        return (response.status, site.tries)
    }

    /// The trouble of a connection, and how often it was tried; `nil` for other errors.
    var trouble: (ConnectionTrouble, tries: Int)? {
        guard case .connection(let site, let trouble, _) = self else { return nil }
        return (trouble, site.tries)
    }
}
