import Synchronization

/// Tells the first of several equal requests to one server from the others.
enum Chance {
    private static let seen = Mutex<Set<String>>([])

    /// Whether `key` has not come to `server` before.
    static func first(_ key: String, _ server: String) -> Bool {
        seen.withLock { $0.insert(server + " " + key).inserted }
    }
}

/// A number that a test sets while a client reads it.
final class Counter: Sendable {
    private let number = Mutex(0)

    var value: Int {
        get { number.withLock { $0 } }
        set { number.withLock { $0 = newValue } }
    }
}
