import Glibc

/// Runs `body` on a detached pthread with all signals blocked, so that they reach the main thread, and a peer that
/// leaves makes EPIPE and not SIGPIPE (CURLOPT_NOSIGNAL(3)).
///
/// - Returns: `false` when the system has no more threads.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
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
        return false
    }
    pthread_detach(thread)
    return true
}

/// What a thread runs, as an object whose address C can carry. (Not a local class: see `ThreadBody` of Posix.)
private final class ThreadBody {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
