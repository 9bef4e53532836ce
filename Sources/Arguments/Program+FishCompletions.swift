// Completions for fish, by its `complete` (fish complete(1)).

extension Program {
    var fishCompletions: String {
        var lines = ["# fish completions for \(name)", "", "complete -c \(name) -f"]
        for group in groups {
            let meaning = group.commands.map { $0.words.count == 1 ? $0.summary : $0.words[1] }
            lines.append(fishLine(fishNoVerb, "-a \(group.word)", meaning.joined(separator: ", ")))
            guard group.commands[0].words.count > 1 else { continue }
            let seconds = group.commands.map { $0.words[1] }.joined(separator: " ")
            let condition = "__fish_seen_subcommand_from \(group.word); and not __fish_seen_subcommand_from \(seconds)"
            for command in group.commands {
                lines.append(fishLine(condition, "-a \(command.words[1])", command.summary))
            }
        }
        for option in common { lines.append(fishLine(nil, fishOption(option), option.summary)) }
        for command in allCommands { lines += fishLines(of: command) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Holds while none of the verbs is there; options with values may be.
    private var fishNoVerb: String {
        "not __fish_seen_subcommand_from \(groups.map(\.word).joined(separator: " "))"
    }

    private func fishLines(of command: Command) -> [String] {
        let condition =
            command.name.isEmpty
            ? fishNoVerb
            : command.words.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
        let options = command.options.map { fishLine(condition, fishOption($0), $0.summary) }
        let places = command.positionals.compactMap { positional in
            fishAction(positional.completion).map { fishLine(condition, $0, positional.summary) }
        }
        return options + places
    }

    private func fishOption(_ option: Option) -> String {
        let names = "-l \(option.name)" + (option.letter.map { " -s \($0)" } ?? "")
        guard option.takesValue else { return names }
        return "\(names) \(option.completion == .file ? "-r" : "-x")"
            + (fishAction(option.completion).map { " " + $0 } ?? "")
    }

    private func fishAction(_ completion: Completion) -> String? {
        switch completion {
        case .none: nil
        case .file: "-F"
        case .directory: "-a '(__fish_complete_directories)'"
        case .choices(let words): "-a \(fishQuoted(words.joined(separator: " ")))"
        }
    }

    private func fishLine(_ condition: String?, _ what: String, _ meaning: String) -> String {
        let when = condition.map { " -n \(fishQuoted($0))" } ?? ""
        return "complete -c \(name)\(when) \(what) -d \(fishQuoted(meaning))"
    }

    /// `text` in single quotes; inside them fish knows the escapes of `\` and `'`.
    private func fishQuoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
