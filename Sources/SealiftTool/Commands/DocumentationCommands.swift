import Arguments
import Reporting

/// `sealift man` and `sealift completions SHELL`: the table of commands in other forms.
enum DocumentationCommands {
    static let commands = [
        SealiftCommand(
            Command("man", "print the manual page", examples: [.init("sealift man | man -l -", "read it here")]), man),
        SealiftCommand(
            Command(
                "completions", "print completions for a shell",
                positionals: [
                    Positional("SHELL", "bash, zsh or fish", completing: .choices(Shell.allCases.map(\.rawValue)))
                ],
                examples: [
                    .init("sealift completions bash > /etc/bash_completion.d/sealift", "for every user of this machine")
                ]),
            completions),
    ]

    /// The manual page's date: that of the release, not of the day it is printed on.
    static let date = "2026-11-20"

    private static func man(_ invocation: Invocation, _ console: Console) throws {
        try console.result(Sealift.program.manPage(section: 1, date: date))
    }

    private static func completions(_ invocation: Invocation, _ console: Console) throws {
        guard let shell = invocation.argument("SHELL").flatMap({ Shell(rawValue: $0) }) else {
            throw Diagnostic("no such shell", next: "bash, zsh or fish", exitCode: .usage)
        }
        try console.result(Sealift.program.completions(for: shell))
    }
}
