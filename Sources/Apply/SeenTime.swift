import Format
import Posix
import Transaction
import Trust
import Values

/// The latest time that a target knows to have passed. Like the floors it belongs to the site and stays when bundles go: a clock that is set
/// back does not make an expired bundle good again.
enum SeenTime {
    static let path = ownPath("var/lib/sealift/clock")

    /// `nil` where nothing was ever installed.
    static func read(in root: borrowing DirectoryHandle) throws -> Timestamp? {
        guard let lines = try OwnLines.read(path, in: root) else { return nil }
        guard let time = Timestamp(lines[0]), lines.count == 1 else {
            throw ApplyError.unreadableClock(root.path.appending(path))
        }
        return time
    }

    /// Prepares that the target knows what `clock` tells.
    static func stage(
        _ clock: SiteClock, in transaction: Transaction, givesOwners: Bool
    ) throws {
        guard clock.noted > clock.seen ?? Timestamp(seconds: 0) else { return }
        try transaction.stageFile(
            path, Attributes(mode: .secret, owner: givesOwners ? .root : nil), content: Array("\(clock.noted)\n".utf8))
    }
}
