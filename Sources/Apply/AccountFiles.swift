import Format
import Posix
import Transaction
import Values

/// New lines for passwd(5), group(5) and shadow(5).
///
/// The files are changed as part of the transaction and never by useradd(8), so that an error leaves them byte for byte as they were, and
/// an image is treated like a running machine (docs/decisions/0021).
struct AccountFiles {
    private let users: [OwnerTable.NewUser]
    /// The day of the last password change that shadow(5) wants, since 1970.
    private let day: Int

    init(_ users: [OwnerTable.NewUser], now: Timestamp) {
        self.users = users
        day = max(0, now.seconds / 86_400)
    }

    /// A file to write, with the attributes it has or should have.
    struct File {
        let path: MemberPath
        let content: [UInt8]
        let attributes: Attributes
    }

    /// The files with the new lines in them; files that get none are left out.
    func changed(in root: borrowing DirectoryHandle, givesOwners: Bool) throws(FileError) -> [File] {
        guard !users.isEmpty else { return [] }
        let hasShadow = try root.information(of: Self.shadow) != nil
        let password = hasShadow ? "x" : "*"
        var files: [File] = []
        let lines = users.map { "\($0.user.name):\(password):\($0.id):\($0.group)::\($0.user.home):\($0.user.shell)\n" }
        files.append(try file(Self.passwd, lines, root, givesOwners, mode: .file))
        let groups = users.filter(\.makesGroup).map { "\($0.user.name):x:\($0.group):\n" }
        if !groups.isEmpty { files.append(try file(Self.group, groups, root, givesOwners, mode: .file)) }
        if hasShadow {
            let lines = users.map { "\($0.user.name):!*:\(day)::::::\n" }
            files.append(try file(Self.shadow, lines, root, givesOwners, mode: .secret))
        }
        if !groups.isEmpty, try root.information(of: Self.groupShadow) != nil {
            let lines = users.filter(\.makesGroup).map { "\($0.user.name):!*::\n" }
            files.append(try file(Self.groupShadow, lines, root, givesOwners, mode: .secret))
        }
        return files
    }

    private static let passwd = ownPath("etc/passwd")
    private static let group = ownPath("etc/group")
    private static let shadow = ownPath("etc/shadow")
    private static let groupShadow = ownPath("etc/gshadow")
    /// More than any machine that keeps its users in files.
    private static let limit = ByteCount.mebibytes(16)

    private func file(
        _ path: MemberPath, _ lines: [String], _ root: borrowing DirectoryHandle, _ givesOwners: Bool, mode: FileMode
    ) throws(FileError) -> File {
        let added = Array(lines.joined().utf8)
        guard let found = try root.information(of: path) else {
            return File(
                path: path, content: added, attributes: Attributes(mode: mode, owner: givesOwners ? .root : nil))
        }
        var content = try root.read(path, limit: Self.limit)
        if let last = content.last, last != UInt8(ascii: "\n") { content.append(UInt8(ascii: "\n")) }
        return File(
            path: path, content: content + added, attributes: Self.attributes(found, givesOwners, mode: mode))
    }

    private static func attributes(_ found: FileInformation, _ givesOwners: Bool, mode: FileMode) -> Attributes {
        let owner = givesOwners ? Attributes.Owner(user: found.owner, group: found.group) : nil
        return Attributes(mode: FileMode(bits: found.mode & 0o777) ?? mode, owner: owner)
    }
}

extension AccountFiles {
    /// The files without the lines of users that an installation has made, and of their groups; files that keep all lines are left out.
    ///
    /// A group goes with the user of its name and number, as it came, unless somebody else is in it by now.
    static func without(
        _ names: [String], in root: borrowing DirectoryHandle, givesOwners: Bool
    ) throws(FileError) -> [File] {
        let accounts = try Accounts(root: root)
        let users = names.filter { accounts.user(named: $0) != nil }
        let groups = users.filter { name in
            guard let group = accounts.group(named: name), let user = accounts.user(named: name) else { return false }
            let others = accounts.users.contains { $0.group == group.id && !users.contains($0.name) }
            return group.id == user.id && group.members.isEmpty && !others
        }
        var files: [File] = []
        for (path, gone, mode) in [
            (passwd, users, FileMode.file), (group, groups, .file), (shadow, users, .secret),
            (groupShadow, groups, .secret),
        ] {
            guard let found = try root.information(of: path) else { continue }
            let content = try root.read(path, limit: limit)
            let kept = lines(content).filter { line in !gone.contains { line.starts(with: Array("\($0):".utf8)) } }
            guard kept.count < lines(content).count else { continue }
            files.append(
                File(
                    path: path, content: Array(kept.joined()), attributes: attributes(found, givesOwners, mode: mode)))
        }
        return files
    }

    /// The lines with their ends.
    private static func lines(_ content: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = content[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            lines.append(rest[..<end])
            rest = rest[end...]
        }
        return lines
    }
}
