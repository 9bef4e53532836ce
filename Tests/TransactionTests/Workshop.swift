import FaultInjection
import Glibc
import LibCrypto
import Posix
import Testing
import Transaction
import Values

/// A target with some old files, and a change of it that touches every kind of thing.
final class Workshop {
    let root: FilePath
    static let state = path("var/lib/sealift")

    init() throws {
        // In memory where possible: thousands of fsync calls on a disk that others use take minutes.
        let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(folder)/sealift-transaction-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(made)
        root = FilePath(bytes: template.dropLast().map { UInt8(bitPattern: $0) })
        try shell(
            """
            umask 022
            mkdir -p etc/app usr/local/bin var/lib srv/data/images
            echo one >etc/app/config; chmod 0640 etc/app/config
            echo old >usr/local/bin/tool; chmod 0755 usr/local/bin/tool
            ln -s tool usr/local/bin/other
            echo gone >srv/data/images/stale.tar
            echo kept >srv/data/images/kept.tar
            """)
    }

    deinit { system("rm -rf '\(root.text)'") }

    func shell(_ line: String) throws {
        try #require(system("cd '\(root.text)' && (\(line)\n)") == 0)
    }

    static func path(_ text: String) -> MemberPath {
        do { return try MemberPath(validating: text) } catch { fatalError("\(text): \(error)") }
    }

    func begin(
        _ effects: any FileEffects, watched: [String] = ["srv/data/images"], syncs: Bool = true
    ) throws -> Transaction {
        try Transaction(
            root: root, state: Self.state, name: "0123", watched: watched.map(Self.path),
            trustsFileSystemSync: syncs, effects: effects)
    }

    /// Prepares every kind of change: two new folders, new, replaced and removed files, a replaced and a new link.
    func stage(_ transaction: Transaction) throws {
        let owner = Attributes.Owner(user: getuid(), group: getgid())
        func attributes(_ mode: FileMode) -> Attributes { Attributes(mode: mode, owner: owner) }
        try transaction.stageDirectory(Self.path("etc/app/conf.d"), attributes(.secretDirectory))
        try transaction.stageFile(
            Self.path("etc/app/conf.d/00.yaml"), attributes(.secret), content: Array("a: 1\n".utf8))
        try transaction.stageFile(Self.path("etc/app/config"), attributes(.file), content: Array("two\n".utf8))
        try transaction.stageFile(Self.path("etc/app/empty"), attributes(.file), content: [])
        let tool = try transaction.stageFile(
            Self.path("usr/local/bin/tool"), attributes(.executable), size: ByteCount(6))
        try Array("new".utf8).withUnsafeBytes { try tool.write($0, at: 3) }
        try Array("new".utf8).withUnsafeBytes { try tool.write($0, at: 0) }
        try transaction.stageLink(Self.path("usr/local/bin/other"), target: "../lib/other", owner: owner)
        try transaction.stageLink(Self.path("usr/local/bin/third"), target: "tool", owner: owner)
        try transaction.stageRemoval(Self.path("srv/data/images/stale.tar"))
        try transaction.stageFile(
            Self.path("srv/data/deep/er/file"), attributes(.file), content: Array("deep\n".utf8))
    }

    /// Installs as a careful caller does: on an error it undoes.
    ///
    /// - Returns: The error that was undone, if there was one.
    func install(_ effects: any FileEffects, syncs: Bool = true) throws -> TransactionError? {
        let transaction = try begin(effects, syncs: syncs)
        do {
            try stage(transaction)
            try transaction.seal()
            try transaction.commit()
            _ = try transaction.finish()
            return nil
        } catch let error as TransactionError {
            try transaction.undo()
            return error
        } catch let error as FileError {
            try transaction.undo()
            return .file(error)
        }
    }

    func recover(_ effects: any FileEffects = SystemFileEffects()) throws -> Transaction.Recovery {
        try Transaction.recover(root: root, state: Self.state, effects: effects)
    }

    /// Every path with type, mode, owner, content and target. Hidden staging folders would show.
    func tree() throws -> [String] { try lines(of: DirectoryHandle.open(root), prefix: "") }

    /// As ``tree()``, without the folder of the installer's own state.
    func treeWithoutState() throws -> [String] { try tree().filter { !$0.hasPrefix("/var/lib/sealift") } }

    private func lines(of folder: borrowing DirectoryHandle, prefix: String) throws -> [String] {
        var lines: [String] = []
        for name in try folder.entries() {
            let path = Self.path(name)
            guard let found = try folder.information(of: path) else { continue }
            let facts = "\(prefix)/\(name) \(String(found.mode, radix: 8)) \(found.owner):\(found.group)"
            switch found.kind {
            case .directory:
                lines.append(facts + " folder")
                lines += try lines_(of: folder, path, prefix: prefix + "/" + name)
            case .link: lines.append("\(prefix)/\(name) -> " + (try folder.readLink(path)))
            case .file, .other:
                lines.append(facts + " " + SHA256Digest.of(try folder.read(path, limit: .mebibytes(16))).hex)
            }
        }
        return lines
    }

    private func lines_(of folder: borrowing DirectoryHandle, _ path: MemberPath, prefix: String) throws -> [String] {
        try lines(of: folder.open(path), prefix: prefix)
    }
}
