public import Values

/// Mode and owner, by number, of what is laid.
public struct Attributes: Hashable, Sendable {
    /// The permission bits.
    public var mode: FileMode
    /// The numbers of user and group; `nil` to keep those of the running process.
    public var owner: Owner?

    /// A user and a group by number.
    public struct Owner: Hashable, Sendable {
        /// The user's number.
        public var user: UInt32
        /// The group's number.
        public var group: UInt32

        /// Takes both as they are.
        public init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }

        /// User 0, group 0.
        public static let root = Owner(user: 0, group: 0)
    }

    /// Takes both as they are.
    public init(mode: FileMode, owner: Owner?) {
        self.mode = mode
        self.owner = owner
    }
}
