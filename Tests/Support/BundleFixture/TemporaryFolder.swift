public import Posix
import Values

/// A private folder for one test, removed with everything in it when the test ends.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: FilePath

    /// Makes a new folder below /tmp.
    public init() throws {
        path = FilePath("/tmp/sealift-test-" + Hex.encode(try System.randomBytes(8)))
        try Files.makeDirectories(path)
    }

    deinit {
        do { try Files.removeTree(path) } catch { print("cannot remove \(path): \(error)") }
    }
}
