import Glibc
import Synchronization

/// Whether somebody asked this process to stop: Ctrl-C, a closed terminal, a shutdown.
///
/// Noted, and heeded at the next chunk or step, so that everything can be undone first.
enum Interruption {
    private static let isAsked = Atomic<Bool>(false)

    /// From now on these signals are noted and no longer the end.
    static func listen() {
        _ = wasAsked  // made before a signal can come: making it is not safe in a handler
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { _ in Interruption.isAsked.store(true, ordering: .relaxed) }
        }
    }

    /// Whether one has come.
    static var wasAsked: Bool { isAsked.load(ordering: .relaxed) }
}
