public import Format
import Posix
public import Values

/// Everything that installing would do to one target, before any of it is done.
public struct Plan: Sendable {
    /// What happens at one path.
    public enum Action: String, Hashable, Sendable {
        /// Nothing is there yet.
        case create
        /// Something else is there.
        case replace
        /// It is there already, and right.
        case unchanged
        /// A folder is there with another mode or owner, which it keeps.
        case keep
        /// Somebody has changed the file since it was laid: it stays, and the bundle's is laid below ``TargetRoot/beside``.
        case beside
        /// The last version laid it, this one does not have it.
        case remove
    }

    /// One path.
    public struct Item: Hashable, Sendable {
        /// Below the target's root.
        public let path: MemberPath
        /// `directory`, `file`, `link` or `template`; `installer` for the installer's own files.
        public let kind: String
        /// What happens to it.
        public let action: Action
        /// The index in the manifest; `nil` for a removal.
        public let entry: Int?
        /// A word of warning for who reads the plan.
        public let note: String?
    }

    /// The bundle, and the root's digest as its identity.
    public let bundle: Receipt.Bundle
    /// What the bundle is for.
    public let target: Manifest.Target
    /// The role it is made for.
    public let role: String
    /// Where everything would be laid.
    public let root: TargetRoot
    /// In the order of the manifest, then the removals.
    public let items: [Item]
    /// System users that are not there yet.
    public let users: [SystemUser]
    /// The steps of the role, in the order in which they are done.
    public let steps: [Step]
    /// Steps that only make sense on a running machine, and are left out.
    public let skipped: [Step]
    /// The sizes of what is written.
    public let bytes: ByteCount
    /// Chunks that must be read, ascending.
    public let chunks: [Int]
    /// What the last installation of this bundle's name laid.
    public let previous: Receipt?
    /// Whether this takes the place of another bundle of its name, so that there will be a way back.
    public let isUpgrade: Bool
    /// Data of the platform that is copied first.
    public let copies: [Copy]
    /// Whether the image archives of the bundle before stay for a way back; not where room is short.
    public let keepsImages: Bool

    /// A file or folder of the platform's own making that is copied while the platform is stopped.
    public struct Copy: Hashable, Sendable {
        /// Below the target's root.
        public let path: MemberPath
        /// What the copy takes.
        public let bytes: ByteCount
    }

    /// Whether no file, folder, link or user changes.
    public var isUnchanged: Bool { users.isEmpty && items.allSatisfy { $0.action == .unchanged || $0.action == .keep } }

    /// How many items have this action.
    public func count(_ action: Action) -> Int { items.count { $0.action == action } }
}
