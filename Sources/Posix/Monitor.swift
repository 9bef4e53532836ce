import CLinux
import Glibc

/// A value that threads share: a lock, and a way to wait until the value is as wished (pthread_mutex_t, pthread_cond_t).
///
/// Never hold on to the value outside the closures. The lock is not recursive. Unlike `Synchronization.Mutex`, the thread
/// sanitizer knows it.
@safe public final class Monitor<Value>: @unchecked Sendable {
    // Unchecked: `value` is touched only between lock and unlock of `mutex`.
    private var value: Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Shares `value`, which from now on belongs to this monitor.
    public init(_ value: sending Value) {
        self.value = value
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe changed.initialize(to: pthread_cond_t())
        let status = unsafe (pthread_mutex_init(mutex, nil), pthread_cond_init(changed, nil))
        precondition(status == (0, 0), "Linux makes mutexes and conditions without asking for anything")
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Looks at or changes the value; whoever waits looks again.
    public func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        lock()
        defer { unlock() }
        return try body(&value)
    }

    /// Waits until `body` gives a result. It is asked now, and again after every change.
    ///
    /// Mind that with an optional `Result` a plain `nil` ends the wait where Swift wraps it once more.
    public func wait<Result>(_ body: (inout Value) -> Result?) -> Result {
        lock()
        defer { unlock() }
        while true {
            if let result = body(&value) { return result }
            let status = unsafe pthread_cond_wait(changed, mutex)
            precondition(status == 0, "pthread_cond_wait refused a condition of ours")
        }
    }

    private func lock() {
        let status = unsafe pthread_mutex_lock(mutex)
        precondition(status == 0, "pthread_mutex_lock refused a mutex of ours")
    }

    private func unlock() {
        let status = unsafe (pthread_cond_broadcast(changed), pthread_mutex_unlock(mutex))
        precondition(status == (0, 0), "pthread_mutex_unlock refused a mutex of ours")
    }
}
