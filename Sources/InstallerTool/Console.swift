import Arguments
import Glibc
import JSON
import Posix
import Reporting
import Verify

/// Standard output for results, standard error for people.
final class Console: Sendable {
    /// The name in front of each line for people.
    static let program = "sealift-install"

    /// Whether the result is to be one JSON object.
    let isJSON: Bool
    /// Where work tells how far it is.
    let progress: any ProgressReceiver
    private let terminal: ConsoleProgress?

    init(isJSON: Bool, isQuiet: Bool) {
        self.isJSON = isJSON
        let style = ConsoleProgress.Style.suited(
            isTerminal: System.isTerminal(STDERR_FILENO), environment: System.environment,
            width: { System.terminalWidth(STDERR_FILENO) ?? 80 })
        let shown = ConsoleProgress(
            program: Self.program, style: style, clock: System.monotonicNanoseconds, output: Self.writeToStandardError)
        terminal = isQuiet ? nil : shown
        progress = isQuiet ? SilentProgress() : shown
    }

    /// Ends the line that progress is drawn on.
    func finish() { terminal?.finish() }

    /// Prints the result for a person.
    func result(_ text: String) throws(FileError) {
        finish()
        try StandardStream.output.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }

    /// Prints `json` when that was asked for, else `text`.
    func result(_ json: @autoclosure () -> JSONValue, text: @autoclosure () -> String) throws(FileError) {
        guard isJSON else { return try result(text()) }
        finish()
        try StandardStream.output.write(json().canonical())
    }

    /// Says a warning or a note.
    func say(_ diagnostic: Diagnostic) {
        finish()
        Self.writeToStandardError(diagnostic.lines(program: Self.program).map { $0 + "\n" }.joined())
    }

    /// Shows a text to a person, such as the plan before the question; standard output is kept for results.
    func show(_ text: String) {
        finish()
        Self.writeToStandardError(text)
    }

    /// Says why a command failed, and returns its exit code.
    func failed(_ error: any Error) -> ExitCode {
        if let ending = error as? Ending { return ending.exitCode }
        let diagnostic = Self.diagnostic(for: error)
        say(diagnostic)
        if isJSON {
            let plain = JSONValue.object([
                "error": JSONValue(diagnostic.fields), "exitCode": .integer(Int(diagnostic.exitCode.rawValue)),
            ])
            let object = (error as? VerifyRefusal).map { JSONValue.object($0.report) } ?? plain
            // Standard error has said it already; a closed standard output cannot be told more.
            _ = Result { try StandardStream.output.write(object.canonical()) }
        }
        return diagnostic.exitCode
    }

    private static func diagnostic(for error: any Error) -> Diagnostic {
        if let error = error as? any Diagnosable { return error.diagnostic }
        return Diagnostic(
            "something unforeseen happened: \(error)", next: "please report this with the command that was run",
            exitCode: .internalError)
    }

    private static func writeToStandardError(_ text: String) {
        // There is nobody left to tell when standard error itself is gone.
        _ = Result { try StandardStream.errors.write(Array(text.utf8)) }
    }
}

/// The end of a command whose result has already said why it is not 0.
struct Ending: Error {
    let exitCode: ExitCode
}
