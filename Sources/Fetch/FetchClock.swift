import Glibc
public import Values

/// Time and chance, passed in so that tests wait for nothing.
public struct FetchClock: Sendable {
    /// The time of day, for dates in `Retry-After`.
    public var now: @Sendable () -> Timestamp
    /// Waits for so many milliseconds. Called with short pieces of a long pause.
    public var sleep: @Sendable (_ milliseconds: Int) -> Void
    /// A number from 0 to 1 000.
    public var chance: @Sendable () -> Int

    /// A clock of these three.
    public init(
        now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (_ milliseconds: Int) -> Void,
        chance: @escaping @Sendable () -> Int
    ) {
        self.now = now
        self.sleep = sleep
        self.chance = chance
    }

    /// The machine's own.
    public static let system = FetchClock(
        now: { Timestamp(seconds: time(nil)) },
        sleep: { milliseconds in
            var rest = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
            _ = unsafe nanosleep(&rest, nil)  // a signal shortens the pause, which harms nothing
        },
        chance: { Int.random(in: 0...1_000) })
}
