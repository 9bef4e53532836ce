import Glibc
import Posix
import Testing

/// A folder of its own for one test; gone with everything in it when the value goes.
final class Scratch {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/sealift-posix-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(made)
        path = FilePath(bytes: template.dropLast().map { UInt8(bitPattern: $0) })
    }

    deinit { system("chmod -R u+rwx '\(path.text)'; rm -rf '\(path.text)'") }

    subscript(_ name: String) -> FilePath { path.appending(name) }

    /// Runs a line of shell in the folder: an arrangement made by other hands than ours.
    func shell(_ line: String) throws {
        try #require(system("cd '\(path.text)' && (\(line)\n)") == 0)
    }
}
