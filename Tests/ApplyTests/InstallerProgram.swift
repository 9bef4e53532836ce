import Posix
import Testing
import Values

/// The installer as it was built beside these tests.
enum InstallerProgram {
    /// Beside the test bundle; `nil` when only the tests were built.
    static let path: String? = {
        let bundle = CommandLine.arguments.last { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let candidate = FilePath(bundle).parent.appending("sealift-install")
        return (try? Files.exists(candidate)) == true ? candidate.text : nil
    }()

    /// Runs it without a terminal.
    static func run(_ arguments: String...) throws -> Subprocess.Outcome { try run(arguments) }

    /// Runs it without a terminal.
    static func run(_ arguments: [String]) throws -> Subprocess.Outcome {
        let program = try #require(path)
        return try Subprocess.run("setsid", ["--wait", program] + arguments, timeLimit: 60)
    }
}
