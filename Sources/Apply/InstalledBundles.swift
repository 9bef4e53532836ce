public import Format
public import Posix
import Values

/// The receipts of a target (docs/format.md §12).
public enum InstalledBundles {
    /// Reads all receipts below `root`, sorted by the bundle's name; none when nothing was installed.
    ///
    /// - Throws: ``FormatError`` for a receipt that is not understood, ``FileError``.
    public static func receipts(root: FilePath) throws -> [Receipt] {
        let handle = try DirectoryHandle.open(root)
        let names: [String]
        do throws(FileError) { names = try handle.open(TargetRoot.receipts).entries() } catch {
            guard error.errno == .notFound else { throw error }
            return []
        }
        // Whatever else somebody has put there is not a receipt of ours.
        return try names.filter { $0.hasSuffix(".json") }.compactMap { BundleName($0.dropLast(5)) }.map { name in
            try Receipt(reading: handle.read(path(name), limit: Receipt.maximumSize))
        }
    }

    /// Where the receipt of a bundle is kept.
    static func path(_ name: BundleName) -> MemberPath { ownPath(TargetRoot.receipts.text + "/\(name).json") }
}
