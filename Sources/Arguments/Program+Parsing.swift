extension Program {
    /// Reads a command line, without the program's own name.
    ///
    /// Options may stand before and after the verb and among the arguments; `--` ends them. A value follows as the next
    /// word or behind `=`; one that begins with a dash only behind `=`. Letters may be joined (`-yj4`), as in POSIX
    /// utility conventions 12.2.
    ///
    /// - Throws: ``ArgumentsError``. Asking for help is never an error, whatever else is on the line.
    public func parse(_ arguments: [String]) throws(ArgumentsError) -> Request {
        let scan = VerbScan(arguments, of: self)
        if scan.asksForHelp { return .show(help(for: scan.command)) }
        if scan.asksForVersion { return .show("\(name) \(version)\n") }
        guard let command = scan.command else { throw scan.refusal }
        var parser = ArgumentParser(command, of: self)
        for word in scan.rest { try parser.take(word) }
        return .run(try parser.finished())
    }

    /// How `command` is called: `sealift build`.
    func fullName(of command: Command) -> String { ([name] + command.words).joined(separator: " ") }
}

/// The first look at a command line: which verb is it, and does it ask for help?
struct VerbScan {
    private(set) var command: Command?
    private(set) var asksForHelp = false
    private(set) var asksForVersion = false
    /// The words without those of the verb.
    private(set) var rest: [String] = []
    /// Why there is no command.
    private(set) var refusal: ArgumentsError

    init(_ arguments: [String], of program: Program) {
        var words: [String] = []
        var stray: String?
        var optionsEnded = false
        var isValue = false
        var isVerbComplete = false
        for argument in arguments {
            rest.append(argument)
            if isValue && !looksLikeOption(argument) {
                isValue = false
            } else if optionsEnded {
                continue
            } else if argument == "--" {
                optionsEnded = true
                isVerbComplete = true
            } else if looksLikeOption(argument) {
                asksForHelp = asksForHelp || ["-h", "--help"].contains(argument)
                asksForVersion = asksForVersion || argument == "--version"
                isValue = program.expectsValue(after: argument)
            } else if words.isEmpty, argument == "help" {
                asksForHelp = true
                rest.removeLast()
            } else if !isVerbComplete, program.hasCommand(beginningWith: words + [argument]) {
                words.append(argument)
                rest.removeLast()
            } else {
                if !isVerbComplete { stray = argument }
                isVerbComplete = true
            }
        }
        command = program.command(words, stray: stray)
        refusal = program.refusal(words, stray: stray)
    }
}

extension Program {
    fileprivate func hasCommand(beginningWith words: [String]) -> Bool {
        commands.contains { $0.words.starts(with: words) }
    }

    /// The command of these words. Without any, a stray word is a misspelt verb, unless arguments may come without one.
    fileprivate func command(_ words: [String], stray: String?) -> Command? {
        guard words.isEmpty else { return commands.first { $0.words == words } }
        return stray == nil || withoutVerb?.positionals.isEmpty == false ? withoutVerb : nil
    }

    fileprivate func refusal(_ words: [String], stray: String?) -> ArgumentsError {
        let all = (words + [stray].compactMap(\.self)).joined(separator: " ")
        if all.isEmpty { return .noCommand(program: name) }
        let known = commands.map(\.name)
        if stray == nil { return .halfCommand(all, known: known.filter { $0.hasPrefix(all + " ") }) }
        return .unknownCommand(all, program: name, known: known)
    }

    /// Whether the word behind `argument` is its value. Every command agrees on that, see ``Program/fault``.
    fileprivate func expectsValue(after argument: String) -> Bool {
        if argument.hasPrefix("--") {
            return everyOption.contains { $0.takesValue && argument == "--" + $0.name }
        }
        let letters = argument.dropFirst()
        let options = allCommands.flatMap(\.options) + common
        guard
            let first = letters.firstIndex(where: { letter in options.contains { $0.letter == letter && $0.takesValue }
            })
        else { return false }
        return letters.index(after: first) == letters.endIndex
    }
}

/// Whether `word` is an option and not a value: a lone dash stands for standard input.
func looksLikeOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }
