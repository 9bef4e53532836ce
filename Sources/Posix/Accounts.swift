import Values

/// The users and groups of a machine, from its /etc/passwd and /etc/group (passwd(5), group(5)).
///
/// Read by ourselves: getpwnam and getgrnam load plugins, which crashes a static program, and know no root but `/`. Users
/// from directories such as LDAP are therefore not known here.
public struct Accounts: Hashable, Sendable {
    /// One line of /etc/passwd.
    public struct User: Hashable, Sendable {
        /// The name to log in with.
        public let name: String
        /// The user's number.
        public let id: UInt32
        /// The number of the user's first group.
        public let group: UInt32
        /// The home folder, as written.
        public let home: String
        /// The program started at login, as written; empty for /bin/sh.
        public let shell: String
    }

    /// One line of /etc/group.
    public struct Group: Hashable, Sendable {
        /// The group's name.
        public let name: String
        /// The group's number.
        public let id: UInt32
        /// The names of the users who are in it beside those whose first group it is.
        public let members: [String]
    }

    /// In the order of the file.
    public let users: [User]
    /// In the order of the file.
    public let groups: [Group]

    /// The user with that name; of several, the first, as getpwnam(3) has it.
    public func user(named name: String) -> User? { users.first { $0.name == name } }
    /// The user with that number; of several, the first.
    public func user(_ id: UInt32) -> User? { users.first { $0.id == id } }
    /// The group with that name; of several, the first.
    public func group(named name: String) -> Group? { groups.first { $0.name == name } }
    /// The group with that number; of several, the first.
    public func group(_ id: UInt32) -> Group? { groups.first { $0.id == id } }
}

extension Accounts {
    /// More than any machine that keeps its users in a file.
    private static let limit = ByteCount.mebibytes(16)

    /// Reads `etc/passwd` and `etc/group` below `root`; a file that is not there has no lines.
    public init(root: borrowing DirectoryHandle) throws(FileError) {
        self.init(passwd: try Self.read("etc/passwd", root), group: try Self.read("etc/group", root))
    }

    /// Reads the accounts of the machine whose file system begins at `root`.
    public init(root: FilePath) throws(FileError) {
        let root = try DirectoryHandle.open(root)
        try self.init(root: root)
    }

    private static func read(_ name: String, _ root: borrowing DirectoryHandle) throws(FileError) -> [UInt8] {
        guard let path = try? MemberPath(validating: name) else { preconditionFailure("both names are good") }
        do throws(FileError) { return try root.read(path, limit: limit) } catch {
            guard error.errno == .notFound else { throw error }
            return []
        }
    }

    /// Reads the two files from memory. A line that is no account, a comment or `+` of NIS, is none here either, as for glibc.
    package init(passwd: [UInt8], group: [UInt8]) {
        users = Self.lines(passwd).compactMap { fields in
            guard fields.count >= 7, let id = UInt32(fields[2]), let group = UInt32(fields[3]) else { return nil }
            return User(name: fields[0], id: id, group: group, home: fields[5], shell: fields[6])
        }
        groups = Self.lines(group).compactMap { fields in
            guard fields.count >= 4, let id = UInt32(fields[2]) else { return nil }
            return Group(name: fields[0], id: id, members: fields[3].split(separator: ",").map(String.init))
        }
    }

    /// The fields of each line that names somebody. Full names may be in any encoding, so bytes are parted, not characters.
    private static func lines(_ bytes: [UInt8]) -> [[String]] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let first = line.first, !"#+-: ".utf8.contains(first) else { return nil }
            return line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
