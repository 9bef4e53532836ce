// Completions for bash 4 and later, without the bash-completion package.

extension Program {
    var bashCompletions: String {
        var lines = ["# bash completions for \(name)", "", "\(functionName)() {"]
        lines += bashScan.map { "    " + $0 }
        lines += ["    case \"$verb $prev\" in"]
        for command in allCommands { lines += bashValueCases(of: command) }
        lines += ["    esac", "    case $verb in"]
        for command in allCommands { lines += bashWordCase(of: command) }
        lines += bashGroupCases
        lines += ["    esac", "}", "complete -F \(functionName) \(name)", ""]
        return lines.joined(separator: "\n")
    }

    /// Finds the verb and counts the arguments behind it. Bash splits `--key=value` at the `=`.
    private var bashScan: [String] {
        let words = commands.map { bashPattern($0.name) }.joined(separator: "|")
        let first = groups.filter { $0.commands[0].words.count > 1 }.map { bashPattern($0.word) }
        let verbs = words.isEmpty ? [] : ["        \(words)) verb=$try; place=0 ;;"]
        let halves = first.isEmpty ? [] : ["        \(first.joined(separator: "|"))) verb=$try ;;"]
        let valued = everyOption.filter(\.takesValue).flatMap(spellings).joined(separator: "|")
        return [
            "local current=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}",
            "local verb='' place=0 skip='' word try index",
            "if [[ $current == '=' ]]; then current=''; elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi",
            "for ((index = 1; index < COMP_CWORD; index++)); do",
            "    word=${COMP_WORDS[index]}",
            "    [[ $word == '=' ]] && continue",
            "    if [[ -n $skip ]]; then skip=''; continue; fi",
            "    try=${verb:+$verb }$word",
            "    case $word in",
            "    \(valued.isEmpty ? "''" : valued)) skip=1; continue ;;",
            "    -?*) continue ;;",
            "    esac",
            "    case $try in",
        ] + (verbs + halves).map { String($0.dropFirst(4)) } + [
            "    *) ((place++)) ;;", "    esac", "done", "COMPREPLY=()",
        ]
    }

    private func bashValueCases(of command: Command) -> [String] {
        options(of: command).filter(\.takesValue).map { option in
            let patterns = spellings(of: option).map { "\"\(command.name) \($0)\"" }.joined(separator: "|")
            return "    \(patterns)) \(bashReply(option.completion) ?? ":"); return ;;"
        }
    }

    private func bashWordCase(of command: Command) -> [String] {
        let options = options(of: command).flatMap(spellings).joined(separator: " ")
        var lines = ["    \(command.name.isEmpty ? "''" : bashPattern(command.name)))"]
        lines.append("        if [[ $current == -* ]]; then \(bashReply(.choices([options])) ?? ":"); return; fi")
        if command.name.isEmpty {
            lines.append("        \(bashReply(.choices(groups.map(\.word))) ?? ":")")
        } else {
            lines += bashPlaces(of: command)
        }
        return lines + ["        ;;"]
    }

    private func bashPlaces(of command: Command) -> [String] {
        let cases = command.positionals.enumerated().compactMap { place, positional in
            bashReply(positional.completion).map { "        \(positional.repeats ? "*" : String(place))) \($0) ;;" }
        }
        return cases.isEmpty ? [] : ["        case $place in"] + cases + ["        esac"]
    }

    /// What may follow when only a part of a verb, or none, is there yet.
    private var bashGroupCases: [String] {
        var lines: [String] = []
        for group in groups where group.commands[0].words.count > 1 {
            let words = group.commands.compactMap { $0.words.dropFirst().first }
            lines.append("    \(bashPattern(group.word))) \(bashReply(.choices(words)) ?? ":") ;;")
        }
        if withoutVerb == nil {
            let options = common.map { "--" + $0.name }
            lines.append("    '') \(bashReply(.choices(groups.map(\.word) + options)) ?? ":") ;;")
        }
        return lines
    }

    private func bashReply(_ completion: Completion) -> String? {
        switch completion {
        case .none: nil
        case .file: "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")"
        case .directory: "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")"
        case .choices(let words):
            "mapfile -t COMPREPLY < <(compgen -W \(singleQuoted(words.joined(separator: " "))) -- \"$current\")"
        }
    }

    private func bashPattern(_ words: String) -> String { words.contains(" ") ? "'\(words)'" : words }

    private func spellings(of option: Option) -> [String] {
        ["--" + option.name] + (option.letter.map { ["-\($0)"] } ?? [])
    }
}
