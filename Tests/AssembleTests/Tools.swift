import Foundation
import Posix

/// What a stock program said.
struct ToolOutcome {
    let status: Int32
    let output: [UInt8]
    var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a shell line with bash; both outputs together.
@discardableResult
func shell(_ line: String, in folder: FilePath? = nil, environment: [String: String] = [:]) throws -> ToolOutcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-o", "pipefail", "-c", line]
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder.text) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return ToolOutcome(status: process.terminationStatus, output: Array(output))
}

/// What zstd makes of a file.
func decompressed(_ file: FilePath) throws -> [UInt8] { try shell("zstd -dcq '\(file.text)'").output }
