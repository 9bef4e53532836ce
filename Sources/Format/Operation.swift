/// Something one must know to operate a platform after its files are laid (docs/format.md §11.1). A closed vocabulary, kept in the
/// receipt, so that upgrade, rollback, status and uninstall need no stick.
public struct Operation: Hashable, Sendable {
    /// What it says.
    public var duty: Duty
    /// The roles it is for.
    public var roles: RoleScope

    /// A duty, for every role unless some are named.
    public init(_ duty: Duty, roles: RoleScope = .all) {
        self.duty = duty
        self.roles = roles
    }

    /// What it says.
    public enum Duty: Hashable, Sendable {
        /// A file or folder that is copied while the platform is stopped, before an upgrade touches it; absolute.
        case datastore(path: String)
        /// A program that ends with 0 once the node is ready.
        case ready(run: [String])
        /// How the runtime lists its images, as `ctr images ls` prints them, and takes in an archive, whose path is added to `importing`.
        case imageRuntime(list: [String], importing: [String])
        /// A file of certificates in PEM, or a folder in which files ending in `.crt` are; absolute.
        case certificates(path: String)
        /// A program that ends what the platform has started, before its files are removed; seconds.
        case teardown(run: [String], timeout: Int)
        /// A file or folder of the platform's own making, removed only when everything shall go; absolute.
        case data(path: String)
        /// What stays on the machine until it is rebooted, in words.
        case remains(what: String)
        /// How the bundle before can come back.
        case rollback(RollbackWay, reason: String)
    }

    /// How the bundle before can come back.
    public enum RollbackWay: String, CaseIterable, Hashable, Sendable {
        /// Its files suffice.
        case files
        /// Its files, and the copy of the datastore that was made before the upgrade.
        case data
        /// It cannot.
        case none
    }
}
