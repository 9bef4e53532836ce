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
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = unsafe Unmanaged.passRetained(Box(body))
        var made = pthread_t()
        let status = unsafe pthread_create(
            &made, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
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
