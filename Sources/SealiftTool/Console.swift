import Arguments
import Glibc
import JSON
import Posix
import Reporting
import Verify

/// Standard output for results, standard error for people.
final class Console: Sendable {
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
            program: "sealift", style: style, clock: System.monotonicNanoseconds, output: Self.writeToStandardError)
        terminal = isQuiet ? nil : shown
        progress = isQuiet ? SilentProgress() : shown
    }

    /// Ends the line that progress is drawn on.
    func finish() { terminal?.finish() }

    /// Prints the result for a person.
    func result(_ text: String) throws(FileError) {
        try StandardStream.output.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }

    /// Prints `json` when that was asked for, else `text`.
    func result(_ json: @autoclosure () -> JSONValue, text: @autoclosure () -> String) throws(FileError) {
        guard isJSON else { return try result(text()) }
        try StandardStream.output.write(json().canonical())
    }

    /// Shows a text to a person; standard output is kept for results.
    func show(_ text: String) {
        finish()
        Self.writeToStandardError(text)
    }

    /// Says a warning or a note.
    func say(_ diagnostic: Diagnostic) {
        finish()
        Self.writeToStandardError(diagnostic.lines(program: "sealift").joined(separator: "\n") + "\n")
    }

    /// Says why a command failed, and returns its exit code.
    func failed(_ error: any Error) -> ExitCode {
        let diagnostic = Self.diagnostic(for: error)
        say(diagnostic)
        if isJSON {
            var members = (error as? ReportedRefusal)?.report ?? (error as? VerifyRefusal)?.report ?? [:]
            members["error"] = JSONValue(diagnostic.fields)
            members["exitCode"] = .integer(Int(diagnostic.exitCode.rawValue))
            // Standard error has said it already; a closed standard output cannot be told more.
            _ = Result { try StandardStream.output.write(JSONValue.object(members).canonical()) }
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
