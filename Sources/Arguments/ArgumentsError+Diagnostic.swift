public import Reporting

extension ArgumentsError: Diagnosable {
    /// The error in words, with what to write instead.
    public var diagnostic: Diagnostic { Diagnostic(message, next: next, exitCode: .usage) }

    private var message: String {
        switch self {
        case .noCommand: "a command is missing"
        case .halfCommand(let word, _): "a second word is missing behind \(quoted(word))"
        case .unknownCommand(let word, _, _): "unknown command \(quoted(word))"
        case .unknownOption(let word, _, _): "unknown option \(quoted(word))"
        case .optionOfOther(let word, let command, _): "\(quoted(command)) has no option \(quoted(word))"
        case .missingValue(let option, let placeholder, _): "--\(option) needs a value: --\(option) \(placeholder)"
        case .unexpectedValue(let option, let value, _): "--\(option) takes no value, but \(quoted(value)) is given"
        case .repeated(let option, _): "--\(option) is given twice"
        case .exclusive(let options, _):
            options.map { "--" + $0 }.joined(separator: " and ") + " exclude each other"
        case .missingOption(let option, _): "--\(option) is missing"
        case .missingArgument(let name, _): "\(name) is missing"
        case .surplusArgument(let word, _): "unexpected argument \(quoted(word))"
        case .notAChoice(let word, let place, _, _): "\(place) cannot be \(quoted(word))"
        case .invalidValue(let option, let value, let expected):
            "--\(option) must be \(expected), not \(quoted(value))"
        }
    }

    private var next: String? {
        switch self {
        case .noCommand(let program): "run `\(program) --help` for the commands"
        case .halfCommand(_, let known): "write one of: " + known.joined(separator: ", ")
        case .unknownCommand(let word, let program, let known):
            suggestion(word, known) ?? "run `\(program) --help` for the commands"
        case .unknownOption(let word, let command, let known): unknownOptionHint(word, command, known)
        case .optionOfOther(_, _, let others):
            "it is an option of " + others.map { quoted($0) }.joined(separator: ", ")
        case .missingValue(let option, _, _): "write --\(option)=VALUE if the value begins with a dash"
        case .notAChoice(let word, _, let choices, _):
            suggestion(word, choices) ?? "write one of: " + choices.joined(separator: ", ")
        case .repeated: "give it once"
        case .exclusive: "give one of them"
        case .unexpectedValue(_, _, let command), .missingOption(_, let command), .missingArgument(_, let command),
            .surplusArgument(_, let command):
            "run `\(command) --help`"
        case .invalidValue: nil
        }
    }

    private func suggestion(_ word: String, _ known: [String]) -> String? {
        nearest(to: word, in: known).map { "did you mean \(quoted($0))?" }
    }

    private func unknownOptionHint(_ word: String, _ command: String, _ known: [String]) -> String {
        suggestion(word, known.map { "--" + $0 }) ?? "run `\(command) --help` for its options"
    }
}
