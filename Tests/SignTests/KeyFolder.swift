import Foundation
import LibCrypto
import Posix
import Sign
import Testing
import Values

/// A folder of its own for one test; removed at the end.
final class KeyFolder {
    let path: FilePath

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("sealift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.text) }

    subscript(_ name: String) -> FilePath { path.appending(name) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path.text).sorted() }
    }

    func bytes(_ name: String) throws -> [UInt8] { try Files.read(self[name], limit: .mebibytes(1)) }

    func write(_ name: String, _ text: String, mode: UInt16 = 0o600) throws {
        let file = try FileDescriptor.open(
            self[name], .writeOnly, options: [.create, .exclusive], permissions: .secret)
        try file.write(Array(text.utf8))
        try file.setMode(bits: mode)
    }

    func mode(_ name: String) throws -> UInt16? { try Files.information(self[name])?.mode }

    /// Runs a line of shell in the folder; gives its exit status.
    func run(_ line: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-euc", line]
        process.currentDirectoryURL = URL(fileURLWithPath: path.text)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

let thisUser = geteuid()
let passphrase = SecretBytes(copying: Array("pw".utf8))
