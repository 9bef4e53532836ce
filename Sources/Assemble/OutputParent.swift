import Posix
import Values

/// The folder that an output is made in. Folders that were made for it go again when nothing came of it.
struct OutputParent: ~Copyable {
    private var made: [FilePath] = []
    private var isKept = false

    /// Makes `folder` and the folders above it that are missing.
    init(_ folder: FilePath) throws(FileError) {
        var missing: [FilePath] = []
        var path = folder
        while try !Files.exists(path), path.parent != path {
            missing.append(path)
            path = path.parent
        }
        try Files.makeDirectories(folder)
        made = missing
    }

    deinit {
        guard !isKept else { return }
        // Innermost first; one that somebody else uses by now is not empty, and stays.
        for folder in made {
            try? DirectoryHandle.open(folder.parent).removeDirectory(MemberPath(own: folder.lastComponent))
        }
    }

    /// The output is there: the folders stay.
    consuming func keep() { isKept = true }
}
