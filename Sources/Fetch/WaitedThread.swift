import Glibc

/// A pthread with all signals blocked, so that they reach the main thread, and a peer that leaves makes EPIPE and not SIGPIPE
/// (CURLOPT_NOSIGNAL(3)).
///
/// Whoever starts one waits for its end: libraries undo their work at exit(3), and must not meet a thread that is still in them.
struct WaitedThread: Sendable {
    private let identifier: pthread_t

    /// Runs `body`; `nil` when the system has no more threads.
    init?(_ body: @escaping @Sendable () -> Void) {
        var blocked = sigset_t()
        var former = sigset_t()
        _ = unsafe sigfillset(&blocked)
        _ = unsafe pthread_sigmask(SIG_BLOCK, &blocked, &former)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &former, nil) }

        let box = unsafe Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            return nil
        }
        identifier = thread
    }

    /// Waits for its end (pthread_join(3)). The thread itself cannot wait for that: it lets go of its own resources then.
    func join() {
        if pthread_equal(identifier, pthread_self()) != 0 {
            pthread_detach(identifier)
        } else {
            pthread_join(identifier, nil)
        }
    }
}

/// What a thread runs, as an object whose address C can carry. (Not a local class: see `ThreadBody` of Posix.)
private final class ThreadBody {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
