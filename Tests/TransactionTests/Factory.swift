import FaultInjection
import Glibc
import LibCrypto
import Posix
import Testing
import Transaction
import Values

/// The fixture of the campaigns (test-matrix, C1): 40 files, 3 new folders, 5 removals, 2 links, 1 change of mode; two commits, old files
/// kept, a copy brought back, farewells. Made from a model, so that thousands of them take seconds.
final class Factory {
    let root: FilePath
    private let size: Size
    static let state = Workshop.path("var/lib/sealift")

    /// How many there are of each kind of change.
    struct Size: Hashable, Sendable {
        let replaced, new, removed: Int
        /// As the matrix asks for it.
        static let whole = Size(replaced: 20, new: 17, removed: 5)
        /// One or two of each: every state of the disk is looked at in all its parts.
        static let small = Size(replaced: 2, new: 3, removed: 2)
    }

    init(_ size: Size = .whole, _ state: CrashState? = nil) throws {
        self.size = size
        let state = state ?? Self.beginning(size)
        root = try Self.emptyFolder()
        try state.materialize(at: root)
    }

    deinit { _ = try? Files.removeTree(root) }

    private static func emptyFolder() throws -> FilePath {
        // In memory where possible: an fsync on a disk that others use takes milliseconds.
        let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(folder)/sealift-factory-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(made)
        let path = FilePath(bytes: template.dropLast().map { UInt8(bitPattern: $0) })
        try DirectoryHandle.open(path.parent).setMode(of: Workshop.path(path.lastComponent), bits: 0o755)
        return path
    }

    /// What the target is before.
    static func beginning(_ size: Size) -> CrashState {
        var entries: [String: CrashState.Entry] = [:]
        for folder in [
            "etc", "etc/app", "usr", "usr/local", "usr/local/bin", "var", "var/lib", "srv", "srv/data",
            "srv/data/images",
            "srv/.sealift-before", "srv/.sealift-before/copy-1", "srv/data/db", "etc/left", "opt", "opt/only",
        ] { entries[folder] = .folder(0o755) }
        for number in 0..<size.replaced {
            entries["etc/app/old\(number)"] = .file(0o640, Array("old \(number)\n".utf8))
        }
        for number in 0..<size.removed {
            entries["srv/data/images/gone\(number)"] = .file(0o644, Array("gone \(number)\n".utf8))
        }
        entries["opt/only/gone"] = .file(0o600, Array("gone\n".utf8))
        entries["usr/local/bin/tool"] = .file(0o644, Array("tool\n".utf8))
        entries["usr/local/bin/other"] = .link("tool")
        entries["srv/data/db/state"] = .file(0o600, Array("now\n".utf8))
        entries["srv/.sealift-before/copy-1/state"] = .file(0o600, Array("then\n".utf8))
        entries["srv/.sealift-before/old-7"] = .file(0o644, Array("kept long ago\n".utf8))
        return CrashState(entries: entries)
    }

    /// Installs as a careful caller does: on an error it undoes.
    ///
    /// - Parameter fails: Whether the caller gives up after everything is in place.
    func install(_ effects: any FileEffects, syncs: Bool = true, fails: Bool = false) throws -> TransactionError? {
        let transaction = try Transaction(
            root: root, state: Self.state, name: "0123", watched: [Workshop.path("srv/data/images")],
            trustsFileSystemSync: syncs, effects: effects)
        do {
            try stageOwn(transaction)
            try transaction.seal()
            try transaction.commit()
            try stage(transaction)
            try transaction.seal()
            try transaction.commit()
            guard !fails else {
                try transaction.undo()
                return .busy(root: root)
            }
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

    /// Whether the caller is told of an error; all is undone then, as far as that is possible.
    func refuses(_ effects: any FileEffects) -> Bool {
        do { return try install(effects) != nil } catch { return true }
    }

    private var owner: Attributes.Owner { Attributes.Owner(user: getuid(), group: getgid()) }
    private func attributes(_ mode: FileMode) -> Attributes { Attributes(mode: mode, owner: owner) }

    private func stageOwn(_ transaction: Transaction) throws {
        try transaction.stageFile(
            Workshop.path("usr/local/sbin/own"), attributes(.executable), content: Array("own program\n".utf8))
        try transaction.stageFile(Workshop.path("etc/own.service"), attributes(.file), content: Array("[Unit]\n".utf8))
    }

    private func stage(_ transaction: Transaction) throws {
        try transaction.stageDirectory(Workshop.path("etc/app/conf.d"), attributes(.secretDirectory))
        for number in 0..<size.replaced {
            let text = Array(String(repeating: "new \(number) ", count: number == 0 ? 1_000 : 1).utf8)
            try transaction.stageFile(Workshop.path("etc/app/old\(number)"), attributes(.file), content: text)
        }
        for number in 0..<size.new {
            let folder = ["etc/app/conf.d", "srv/data/deep", "srv/data/images"][number % 3]
            try transaction.stageFile(
                Workshop.path("\(folder)/new\(number)"), attributes(.secret), content: Array("new \(number)\n".utf8))
        }
        let piece = try transaction.stageFile(
            Workshop.path("srv/data/deep/two-pieces"), attributes(.file), size: ByteCount(6))
        try Array("two".utf8).withUnsafeBytes { try piece.write($0, at: 3) }
        try Array("one".utf8).withUnsafeBytes { try piece.write($0, at: 0) }
        // Only the mode of this one changes.
        try transaction.stageFile(
            Workshop.path("usr/local/bin/tool"), attributes(.executable), content: Array("tool\n".utf8))
        try transaction.stageLink(Workshop.path("usr/local/bin/other"), target: "../lib/other", owner: owner)
        try transaction.stageLink(Workshop.path("usr/local/bin/third"), target: "tool", owner: owner)
        for number in 0..<size.removed { try transaction.stageRemoval(Workshop.path("srv/data/images/gone\(number)")) }
        // Nothing new comes into this folder: only what was kept of the old can bring it back.
        try transaction.stageRemoval(Workshop.path("opt/only/gone"))
        try transaction.stageExchange(
            .init(path: Workshop.path("srv/data/db"), place: Workshop.path("srv/.sealift-before/copy-1")))
        _ = transaction.keepOld(of: [Workshop.path("etc/app/old1"), Workshop.path("srv/data/images/gone1")])
        transaction.bidFarewell(to: [Workshop.path("srv/.sealift-before")])
        transaction.bidFarewellIfEmpty(to: [Workshop.path("etc/left"), Workshop.path("etc/app")])
    }

    func recover(_ effects: any FileEffects = SystemFileEffects()) throws -> Transaction.Recovery {
        try Transaction.recover(root: root, state: Self.state, effects: effects)
    }

    /// Every path with type, mode and content, the lines of ``CrashState`` sorted; hidden staging folders show.
    func tree() throws -> [String] {
        var lines: [String] = []
        try Self.collect(DirectoryHandle.open(root), "", &lines)
        return lines
    }

    private static func collect(_ folder: borrowing DirectoryHandle, _ prefix: String, _ lines: inout [String]) throws {
        for name in try folder.entries() {
            let path = Workshop.path(name)
            guard let found = try folder.information(of: path) else { continue }
            let place = "\(prefix)/\(name) \(String(found.mode, radix: 8))"
            switch found.kind {
            case .directory:
                lines.append(place)
                try collect(folder.open(path), prefix + "/" + name, &lines)
            case .link: lines.append("\(prefix)/\(name) -> " + (try folder.readLink(path)))
            case .file, .other:
                let bytes = try folder.read(path, limit: .mebibytes(1))
                lines.append(place + " " + String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
