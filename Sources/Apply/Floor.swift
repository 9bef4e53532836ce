import Format
import Posix
import Transaction
import Values

/// The lowest sequence that a machine takes of bundles of one name: what was healthy here once. It stays when the bundle goes.
///
/// While a bundle is installed its receipt is the floor, since it became one only after it was healthy; the file is written by the run
/// that replaces or removes that receipt.
enum Floor {
    static func path(_ name: BundleName) -> MemberPath { ownPath(TargetRoot.floors.text + "/\(name)") }

    /// What the file says. Its first line is the sequence; the second, which older installers did not write, the digest of SHA256SUMS.
    struct Level: Hashable {
        let sequence: Int
        let digest: SHA256Digest?
    }

    /// `nil` when none was ever set.
    static func read(_ name: BundleName, in root: borrowing DirectoryHandle) throws -> Level? {
        guard let lines = try OwnLines.read(path(name), in: root) else { return nil }
        let digest = lines.count > 1 ? SHA256Digest(hex: lines[1]) : nil
        guard let sequence = Int(lines[0]), sequence >= 0, lines.count == 1 || digest != nil else {
            throw ApplyError.unreadableFloor(root.path.appending(path(name)))
        }
        return Level(sequence: sequence, digest: digest)
    }

    /// Prepares that nothing older than `leaving` comes after it, and nothing else of the same sequence.
    static func stage(
        _ leaving: Receipt, in transaction: Transaction, _ root: borrowing DirectoryHandle, givesOwners: Bool
    ) throws {
        let before = try read(leaving.bundle.name, in: root)
        let level = Level(sequence: leaving.bundle.sequence, digest: leaving.bundle.digest)
        guard level.sequence >= before?.sequence ?? 0, level != before else { return }
        let owner: Attributes.Owner? = givesOwners ? .root : nil
        try transaction.stageDirectory(TargetRoot.floors, Attributes(mode: .secretDirectory, owner: owner))
        try transaction.stageFile(
            path(leaving.bundle.name), Attributes(mode: .secret, owner: owner),
            content: Array("\(level.sequence)\n\(leaving.bundle.digest.hex)\n".utf8))
    }
}

/// Small files of lines among the installer's own state.
enum OwnLines {
    private static let limit = ByteCount.kibibytes(1)

    /// The lines of a file, at least one; `nil` when it is not there.
    static func read(_ path: MemberPath, in root: borrowing DirectoryHandle) throws -> [Substring]? {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try root.read(path, limit: limit) } catch {
            guard error.errno != .notFound else { return nil }
            throw error
        }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.count > 1, lines.last == "" { lines.removeLast() }
        return lines
    }
}
