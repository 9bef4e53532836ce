/// Why a command line is not accepted. Options are named without dashes.
public enum ArgumentsError: Error, Hashable, Sendable {
    /// The program needs a verb and has none.
    case noCommand(program: String)
    /// The first word of commands with two, without the second; `known` are those commands.
    case halfCommand(String, known: [String])
    /// No command is called so.
    case unknownCommand(String, program: String, known: [String])
    /// Neither the command nor the program has this option, spelled as found; `known` are the long names.
    case unknownOption(String, command: String, known: [String])
    /// Another command has this option.
    case optionOfOther(String, command: String, others: [String])
    /// A value must follow, and does not.
    case missingValue(option: String, placeholder: String, command: String)
    /// `--flag=value` for an option without a value.
    case unexpectedValue(option: String, value: String, command: String)
    /// An option with one value comes a second time.
    case repeated(option: String, command: String)
    /// Options that exclude one another.
    case exclusive([String], command: String)
    /// An option without which the command cannot run.
    case missingOption(String, command: String)
    /// An argument without which the command cannot run.
    case missingArgument(String, command: String)
    /// More arguments than the command takes; this is the first.
    case surplusArgument(String, command: String)
    /// A word that is not among the choices of this option or argument.
    case notAChoice(String, of: String, choices: [String], command: String)
    /// A value that is not what it must be.
    case invalidValue(option: String, value: String, expected: String)
}
