import Arguments
import Posix
import Values

/// `--installer FILE`: the static installer that travels with the bundle.
enum InstallerOption {
    static let option = Option.value(
        "installer", "FILE",
        "the static installer for the bundle's architecture; without it, the one beside this program", completing: .file
    )

    /// Where the installer for `architecture` is: as given, else beside this program (installed, or built in its tree).
    static func path(_ invocation: Invocation, for architecture: Architecture) -> FilePath {
        if let given = invocation.value("installer") { return FilePath(given) }
        let name = "sealift-install-\(architecture.rawValue)"
        let folders = programFolders()
        let candidates =
            folders.map { $0.appending(name) } + folders.map { $0.appending("../installers/\(name)") }
            + folders.map { $0.appending("../lib/sealift/\(name)") }
        return candidates.first(where: isThere) ?? candidates[0]
    }

    /// The folder of this program, as it was started and with links resolved.
    private static func programFolders() -> [FilePath] {
        let program: FilePath = "/proc/self/exe"
        guard case .success(let resolved) = Result(catching: { () throws(FileError) in try program.resolved() }) else {
            return ["."]
        }
        return [resolved.parent, resolved.parent.parent]
    }

    private static func isThere(_ path: FilePath) -> Bool {
        guard case .success(let found) = Result(catching: { () throws(FileError) in try Files.exists(path) }) else {
            return false
        }
        return found
    }
}
