import Format
import Posix
import Transaction
import Values

/// Which number each owner of a bundle has on the target, with the users that the bundle brings.
struct OwnerTable: Sendable {
    /// A system user to be made, with the number for it and its group.
    struct NewUser: Hashable, Sendable {
        let user: SystemUser
        let id: UInt32
        /// Whether the group of that name must be made too.
        let group: UInt32
        let makesGroup: Bool
    }

    let newUsers: [NewUser]
    private let accounts: Accounts
    private let givesOwners: Bool

    /// Numbers for system accounts (login.defs(5): SYS_UID_MIN, SYS_UID_MAX).
    private static let numbers: ClosedRange<UInt32> = 100...999

    init(root: FilePath, adding users: [SystemUser], givesOwners: Bool) throws {
        accounts = try Accounts(root: root)
        self.givesOwners = givesOwners
        var made: [NewUser] = []
        for user in users where accounts.user(named: user.name) == nil {
            made.append(try Self.newUser(user, accounts, made))
        }
        newUsers = made
    }

    /// The highest number that no user and no group has, as useradd --system chooses.
    private static func newUser(
        _ user: SystemUser, _ accounts: Accounts, _ made: [NewUser]
    ) throws(ApplyError) -> NewUser {
        let taken = Set(accounts.users.map(\.id) + accounts.groups.map(\.id) + made.map(\.id))
        guard let id = numbers.reversed().first(where: { !taken.contains($0) }) else {
            throw .noNumberLeft(user: user.name)
        }
        let group = accounts.group(named: user.name)?.id
        return NewUser(user: user, id: id, group: group ?? id, makesGroup: group == nil)
    }

    /// Mode and owner by number.
    func attributes(_ permissions: Permissions, for path: MemberPath) throws(ApplyError) -> Attributes {
        guard givesOwners else { return Attributes(mode: permissions.mode, owner: nil) }
        guard let user = user(permissions.owner.user), let group = group(permissions.owner.group) else {
            throw .unknownOwner(permissions.owner, path: path)
        }
        return Attributes(mode: permissions.mode, owner: .init(user: user, group: group))
    }

    /// Root is 0 also where nobody is known yet, as in an empty image.
    private func user(_ name: String) -> UInt32? {
        if name == "root" { return 0 }
        return accounts.user(named: name)?.id ?? newUsers.first { $0.user.name == name }?.id
    }

    private func group(_ name: String) -> UInt32? {
        if name == "root" { return 0 }
        return accounts.group(named: name)?.id ?? newUsers.first { $0.user.name == name }?.group
    }
}
