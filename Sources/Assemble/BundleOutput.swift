public import Posix

/// Where a bundle goes.
public enum BundleOutput: Hashable, Sendable {
    /// A folder that the bundle's folder is made in.
    case folder(FilePath)
    /// One plain tar of the bundle's folder.
    case tar(FilePath)

    /// The folder that is written to, and the name of what appears there.
    func place(folderName: String) -> (parent: FilePath, name: String) {
        switch self {
        case .folder(let parent): (parent, folderName)
        case .tar(let file): (file.parent, file.lastComponent)
        }
    }

    /// How many times the bundle stands on the medium while it is made.
    var copies: Int {
        switch self {
        case .folder: 1
        case .tar: 2
        }
    }
}
