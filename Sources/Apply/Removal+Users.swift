import Format
import Posix
import Values

/// Which users of a bundle go with it: those who own nothing that stays. A number without a name would be given to the next user made,
/// and the data with it.
struct DepartingUsers: Sendable {
    /// Who goes.
    let going: [String]
    /// Who stays, with what they own.
    let staying: [(name: String, owns: MemberPath)]

    /// Looks below the folders of the platform's data and the users' homes, as far as they stay.
    ///
    /// - Parameter leaving: Files that go, and folders that go when they are empty.
    init(_ names: [String], data: [MemberPath], leaving: Set<MemberPath>, purges: Bool, root: FilePath) throws {
        let handle = try DirectoryHandle.open(root)
        let accounts = try Accounts(root: handle)
        let users = names.compactMap { accounts.user(named: $0) }
        let homes = users.compactMap { try? MemberPath(validating: String($0.home.dropFirst())) }
        var owned: [UInt32: MemberPath] = [:]
        for folder in Set(homes + data).sorted() where !purges || !data.contains(where: { folder.isAt($0) }) {
            try Self.look(at: folder, in: handle, leaving, for: Set(users.map(\.id)), &owned)
        }
        going = users.filter { owned[$0.id] == nil }.map(\.name)
        staying = users.compactMap { user in owned[user.id].map { (user.name, $0) } }
    }

    /// Notes the first thing that each of `ids` owns at `path` or below.
    private static func look(
        at path: MemberPath, in root: borrowing DirectoryHandle, _ leaving: Set<MemberPath>, for ids: Set<UInt32>,
        _ owned: inout [UInt32: MemberPath]
    ) throws(FileError) {
        guard owned.count < ids.count, let found = try root.information(of: path) else { return }
        if ids.contains(found.owner), owned[found.owner] == nil, !leaving.contains(path) { owned[found.owner] = path }
        guard found.kind == .directory else { return }
        for name in try root.open(path).entries() {
            guard let inner = try? MemberPath(validating: path.text + "/" + name) else { continue }
            try look(at: inner, in: root, leaving, for: ids, &owned)
        }
    }
}

extension MemberPath {
    /// Whether this is `folder` or below it.
    fileprivate func isAt(_ folder: MemberPath) -> Bool { self == folder || ancestors.contains(folder) }
}
