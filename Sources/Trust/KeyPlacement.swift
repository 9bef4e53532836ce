public import Posix
import Values

/// Where a key file lies, seen from the bundle it should vouch for (design §4).
public enum KeyPlacement: Hashable, Sendable {
    /// Apart from the bundle.
    case apart
    /// On the same mounted medium: whoever could change the bundle could change the key. Worth a warning.
    case sameMedium

    /// Looks where `key` lies, links resolved.
    ///
    /// - Throws: ``TrustError/keyInsideBundle(key:bundle:)`` when it is in the bundle's folder or below.
    public static func of(_ key: FilePath, from bundle: FilePath) throws(TrustError) -> KeyPlacement {
        let isInside: Bool
        let isSameMount: Bool
        do throws(FileError) {
            let folder = try key.resolved().parent
            isInside = try Self.isInside(folder, bundle)
            let mount = try mountID(bundle)
            let root = try mountID("/")
            let own = try mountID(folder)
            isSameMount = own == mount && mount != root
        } catch {
            throw .file(error)
        }
        guard !isInside else { throw .keyInsideBundle(key: key, bundle: bundle) }
        return isSameMount ? .sameMedium : .apart
    }

    /// Whether `folder` or one of its ancestors is the folder `bundle`, by device and inode.
    private static func isInside(_ folder: FilePath, _ bundle: FilePath) throws(FileError) -> Bool {
        let wanted = try DirectoryHandle.open(bundle).information()
        var next = folder
        while true {
            let found = try DirectoryHandle.open(next).information()
            if found.device == wanted.device, found.inode == wanted.inode { return true }
            guard next != next.parent else { return false }
            next = next.parent
        }
    }

    private static func mountID(_ path: FilePath) throws(FileError) -> UInt64 {
        try DirectoryHandle.open(path).mountID()
    }
}
