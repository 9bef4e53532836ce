public import Format
public import Posix
public import Values

/// A definition at one release: everything that the bundle lays and says, before any byte of it is fetched.
public struct Layout: Sendable {
    /// What is laid, sorted by ``LaidEntry/path``.
    public let entries: [LaidEntry]
    /// The roles offered.
    public let roles: [Role]
    /// What the site is asked for.
    public let variables: [Variable]
    /// What a machine must have.
    public let requirements: [Requirement]
    /// System users.
    public let users: [SystemUser]
    /// What is done after the files are in place.
    public let steps: [Step]
    /// How the platform is operated once its files are laid.
    public let operation: [Operation]
}

/// One thing that a bundle lays.
public struct LaidEntry: Hashable, Sendable {
    /// The name in the payload.
    public var path: MemberPath
    /// Where it is laid.
    public var destination: MemberPath
    /// For which roles.
    public var roles: RoleScope
    /// What it is.
    public var kind: Kind
    /// What the platform puts behind a file's name once it has taken it in.
    public var renamed: String?

    /// What it is.
    public enum Kind: Hashable, Sendable {
        case directory(Permissions)
        case link(target: String)
        case file(Permissions, Source)
        case template(Permissions, Source, format: TemplateFormat)
    }

    /// Where the bytes of a file come from.
    public enum Source: Hashable, Sendable {
        /// They are here.
        case bytes([UInt8])
        /// A local file that the definition names.
        case local(FilePath)
        /// The artefact of that name in the lock.
        case artefact(String)
        /// The archive of the chart of that release in the lock.
        case chart(String)
        /// The snap of that name in the lock.
        case snap(String)
        /// The assertions of the snap of that name in the lock.
        case assertions(String)
        /// The archive that sealift makes of all pulled images; left out when there are none.
        case images
    }
}
