import Format
import Posix
import Transaction
import Trust
import Values

/// What a machine keeps of the key lists that it has followed (docs/decisions/0055). Like the floors it belongs to the site, and stays when
/// bundles go.
enum KeyListRecord {
    /// The same file that ``TrustSite/standard`` names, below whatever root a bundle is laid into.
    static let path = ownPath("var/lib/sealift/key-lists.json")

    /// Prepares that the target knows `chain`; nothing where it knows as much already.
    ///
    /// A record that has gone through the newest list of `chain`, and perhaps further, stays. Any other gives way: it ends earlier, or
    /// belongs to a chain that the site no longer pins.
    static func stage(
        _ chain: KeyChain, in transaction: Transaction, _ root: borrowing DirectoryHandle, givesOwners: Bool
    ) throws {
        let newest = KeyListPin(number: chain.newest.number, digest: chain.newest.digest)
        guard try read(in: root)?.contains(newest) != true else { return }
        try transaction.stageFile(
            path, Attributes(mode: .secret, owner: givesOwners ? .root : nil), content: chain.record)
    }

    private static func read(in root: borrowing DirectoryHandle) throws -> KeyChain? {
        guard try root.information(of: path) != nil else { return nil }
        return try KeyChain(reading: root.read(path, limit: KeyChain.maximumRecordSize))
    }
}
