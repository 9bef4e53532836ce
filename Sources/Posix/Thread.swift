import CLinux
import Glibc

/// A thread of the operating system. Swift's task pool must not block, and blocking is what our threads do.
///
/// Must be joined: whoever starts one waits for its end.
struct Thread {
    private let identifier: pthread_t

    /// Runs `body` on a new thread (pthread_create(3)).
    ///
    /// - Throws: ``Errno/wouldBlock`` when the system has no thread to give.
    init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let box = unsafe Unmanaged.passRetained(ThreadBody(body))
        var made = pthread_t()
        let status = unsafe pthread_create(
            &made, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            throw Errno(rawValue: status)
        }
        identifier = made
    }

    /// Waits for the end of the thread (pthread_join(3)).
    func join() {
        let status = pthread_join(identifier, nil)
        precondition(status == 0, "a thread is joined once, by whoever started it")
    }
}

/// What a thread runs, as an object whose address C can carry.
///
/// Not inside the function that makes it: Swift 6.3 cannot carry a local class into the modules that this one is optimized
/// together with, and its compiler ends with "base is not a nominal type".
private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
