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

    /// `nil` when none was ever set.
    static func read(_ name: BundleName, in root: borrowing DirectoryHandle) throws -> Int? {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try root.read(path(name), limit: .kibibytes(1)) } catch {
            guard error.errno != .notFound else { return nil }
            throw error
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let sequence = Int(text.prefix { $0 != "\n" }) else {
            throw ApplyError.unreadableFloor(root.path.appending(path(name)))
        }
        return sequence
    }

    /// Prepares that nothing older than `leaving` comes after it.
    static func stage(
        _ leaving: Receipt, in transaction: Transaction, _ root: borrowing DirectoryHandle, givesOwners: Bool
    ) throws {
        let before = try read(leaving.bundle.name, in: root) ?? 0
        guard leaving.bundle.sequence > before else { return }
        let owner: Attributes.Owner? = givesOwners ? .root : nil
        try transaction.stageDirectory(TargetRoot.floors, Attributes(mode: .secretDirectory, owner: owner))
        try transaction.stageFile(
            path(leaving.bundle.name), Attributes(mode: .secret, owner: owner),
            content: Array("\(leaving.bundle.sequence)\n".utf8))
    }
}
