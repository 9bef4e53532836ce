import Glibc
import Synchronization

/// Hands one value from the thread that makes it to the one that waits for it.
@safe final class Handoff<Value: Sendable>: @unchecked Sendable {
    // Right to share: `value` is touched only under `mutex`; both C objects live on the heap as long as this does.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value?

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        let isReady = unsafe pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(condition, nil) == 0
        precondition(isReady, "out of memory for a mutex")
    }

    deinit {
        _ = unsafe pthread_cond_destroy(condition)
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Gives the value, once.
    func give(_ value: Value) {
        _ = unsafe pthread_mutex_lock(mutex)
        self.value = value
        _ = unsafe pthread_cond_signal(condition)
        _ = unsafe pthread_mutex_unlock(mutex)
    }

    /// Waits until the value is there.
    func take() -> Value {
        _ = unsafe pthread_mutex_lock(mutex)
        defer { _ = unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let value { return value }
            _ = unsafe pthread_cond_wait(condition, mutex)
        }
    }
}

/// Set once, seen by all: the work is not wanted any more.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
