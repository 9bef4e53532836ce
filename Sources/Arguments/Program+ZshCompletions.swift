// Completions for zsh, by its own _arguments (zshcompsys(1)).

extension Program {
    var zshCompletions: String {
        var lines = ["#compdef \(name)", "# zsh completions for \(name)", "", "\(functionName)() {"]
        lines.append("    local context state state_descr line curcontext=$curcontext")
        lines.append("    local -a commands")
        lines.append("    typeset -A opt_args")
        lines.append("    commands=(")
        lines += groups.map { "        " + zshPair($0.word, zshMeaning($0.commands)) }
        lines.append("    )")
        let options = withoutVerb.map { self.options(of: $0) } ?? common
        lines += zshArguments(options, ["'1: :->command'", "'*:: :->rest'"], flags: " -C").map { "    " + $0 }
        lines += ["    case $state in", "    command) _describe command commands ;;", "    rest)"]
        lines.append("        case $words[1] in")
        for group in groups { lines += zshCase(group.word, group.commands).map { "        " + $0 } }
        lines += ["        esac", "        ;;", "    esac", "}", "\(functionName) \"$@\"", ""]
        return lines.joined(separator: "\n")
    }

    private func zshCase(_ word: String, _ commands: [Command]) -> [String] {
        var lines = ["\(word))"]
        if let only = commands.first, only.words.count == 1 {
            lines += zshArguments(of: only).map { "    " + $0 }
        } else {
            lines.append("    if ((CURRENT == 2)); then")
            lines.append("        commands=(")
            for command in commands { lines.append("            " + zshPair(command.words[1], command.summary)) }
            lines += ["        )", "        _describe command commands", "        return", "    fi"]
            lines += ["    shift words", "    ((CURRENT--))", "    case $words[1] in"]
            for command in commands {
                lines.append("    \(command.words[1]))")
                lines += zshArguments(of: command).map { "        " + $0 }
                lines.append("        ;;")
            }
            lines.append("    esac")
        }
        return lines + ["    ;;"]
    }

    private func zshArguments(of command: Command) -> [String] {
        let places = command.positionals.map { positional in
            let message = zshWord(positional.name)
            let prefix = positional.repeats ? "*:" : positional.isRequired ? ":" : "::"
            return singleQuoted("\(prefix)\(message):\(zshAction(positional.completion))")
        }
        return zshArguments(options(of: command), places)
    }

    /// One call of _arguments, one line for each spelling of an option and each argument.
    private func zshArguments(_ options: [Option], _ places: [String], flags: String = " -s") -> [String] {
        let specs = options.flatMap(zshSpecs) + places
        return ["_arguments\(flags) \\"]
            + specs.enumerated().map { "    " + $1 + ($0 == specs.count - 1 ? "" : " \\") }
    }

    private func zshSpecs(of option: Option) -> [String] {
        let spellings = ["--" + option.name] + (option.letter.map { ["-\($0)"] } ?? [])
        let star = option.kind == .values ? "*" : "(\(spellings.joined(separator: " ")))"
        return spellings.map { spelling in
            let equals = !option.takesValue ? "" : spelling.hasPrefix("--") ? "=" : "+"
            let value = option.takesValue ? ":\(zshWord(option.placeholder)):\(zshAction(option.completion))" : ""
            return singleQuoted("\(star)\(spelling)\(equals)[\(zshText(option.summary))]\(value)")
        }
    }

    private func zshAction(_ completion: Completion) -> String {
        switch completion {
        case .none: " "
        case .file: "_files"
        case .directory: "_files -/"
        case .choices(let words): "(\(words.joined(separator: " ")))"
        }
    }

    private func zshMeaning(_ commands: [Command]) -> String {
        guard let only = commands.first, only.words.count == 1 else {
            return commands.compactMap { $0.words.dropFirst().first }.joined(separator: ", ")
        }
        return only.summary
    }

    private func zshPair(_ word: String, _ meaning: String) -> String {
        singleQuoted("\(word):\(meaning.replacing(":", with: "\\:"))")
    }

    /// Text inside the brackets of a spec.
    private func zshText(_ text: String) -> String {
        text.replacing("[", with: "\\[").replacing("]", with: "\\]").replacing(":", with: "\\:")
    }

    /// Text between the colons of a spec.
    private func zshWord(_ text: String) -> String { text.replacing(":", with: "\\:") }
}
