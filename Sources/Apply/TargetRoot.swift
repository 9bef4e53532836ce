public import Posix
import Transaction
public import Values

/// The file system that a bundle is laid into: the running machine's, or an image's below some folder.
public struct TargetRoot: Hashable, Sendable {
    /// Its root folder.
    public let path: FilePath
    /// Whether it is the running machine: only then units are started and modules loaded.
    public let isRunning: Bool
    /// Whether files get the owners that the bundle names; only root can give files away.
    public let givesOwners: Bool

    /// Takes all as they are.
    public init(path: FilePath, isRunning: Bool, givesOwners: Bool) {
        self.path = path
        self.isRunning = isRunning
        self.givesOwners = givesOwners
    }

    /// The folders below the root that a bundle may lay something in, built in so that no bundle can widen them (design §4).
    public static let allowed = ["etc", "opt", "srv", "usr/local", "var/lib", "var/snap"].map(ownPath)

    /// Where the installer keeps its journal and receipts.
    public static let state = ownPath("var/lib/sealift")
    /// One receipt for each bundle, `<name>.json`.
    public static let receipts = ownPath("var/lib/sealift/receipts")

    /// The lowest sequence taken of each bundle's name; survives every uninstallation.
    public static let floors = ownPath("var/lib/sealift/floors")
    /// What upgrades keep of the bundles before.
    public static let previous = ownPath("var/lib/sealift/previous")
    /// Where a file of a bundle is laid in whose place somebody has changed the former one; no platform watches it.
    public static let beside = ownPath("var/lib/sealift/beside")

    /// Whether something may be laid at `path`: strictly below an allowed folder, and not among the installer's own files.
    public static func allows(_ path: MemberPath) -> Bool {
        let folders = path.ancestors
        guard path != state, !folders.contains(state), !OwnFiles.reserves(path) else { return false }
        return allowed.contains { folders.contains($0) }
    }

    /// Whether a folder entry may name `path`: also an allowed folder itself, or one on the way to it.
    public static func allowsFolder(_ path: MemberPath) -> Bool {
        allows(path) || allowed.contains { $0 == path || $0.ancestors.contains(path) }
    }
}

/// A path that stands in this module's code.
func ownPath(_ text: String) -> MemberPath {
    do { return try MemberPath(validating: text) } catch { fatalError("\(text) is a good path: \(error)") }
}
