import Posix
import Store

/// A second copy of a volume on the store's file system, written along with the one on the medium. Goes when nobody needs
/// it any more, unless the store has taken it by then.
final class NearCopy: Sendable {
    let path: FilePath

    init(_ path: FilePath) { self.path = path }

    deinit { try? Files.removeTree(path) }  // what cannot be removed is found by the store's own clean-up
}
