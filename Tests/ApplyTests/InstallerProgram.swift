import Posix
import Testing
import Values

/// The installer as it was built beside these tests.
enum InstallerProgram {
    /// Beside the test bundle; `nil` when only the tests were built.
    static let path = built("sealift-install")

    /// A program beside the test bundle; `nil` when it was not built.
    static func built(_ name: String) -> String? {
        let bundle = CommandLine.arguments.last { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let candidate = FilePath(bundle).parent.appending(name)
        do { return try Files.exists(candidate) ? candidate.text : nil } catch { fatalError("\(error)") }
    }

    /// Runs it without a terminal.
    static func run(_ arguments: String...) throws -> Subprocess.Outcome { try run(arguments) }

    /// Runs it without a terminal.
    static func run(_ arguments: [String]) throws -> Subprocess.Outcome {
        let program = try #require(path)
        return try Subprocess.run("setsid", ["--wait", program] + arguments, timeLimit: 60)
    }
}
