internal import CLibCrypto

/// libcrypto's queue of errors, one for each thread. A stale entry would show up in somebody else's message, so every
/// failure here ends with ``drain()``.
package enum ErrorQueue {
    /// One entry: the library inside libcrypto that spoke, and its reason.
    struct Entry: Hashable {
        let library: Int32
        let reason: Int32
    }

    /// Takes all entries, the oldest first.
    static func drain() -> [Entry] {
        var entries: [Entry] = []
        while case let code = ERR_get_error(), code != 0 {
            entries.append(Entry(library: ERR_GET_LIB(code), reason: ERR_GET_REASON(code)))
        }
        return entries
    }

    /// Forgets all entries.
    static func clear() { ERR_clear_error() }

    /// Whether this thread's queue is empty: a door for tests.
    package static var isEmpty: Bool { ERR_peek_error() == 0 }
}
