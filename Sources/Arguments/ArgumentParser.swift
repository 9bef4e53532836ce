/// Takes the words behind a verb one by one, as a small state machine.
struct ArgumentParser {
    private let program: Program
    private let command: Command
    private let options: [Option]
    private var invocation: Invocation
    /// The option whose value comes next.
    private var waiting: Option?
    private var optionsEnded = false

    init(_ command: Command, of program: Program) {
        self.program = program
        self.command = command
        options = program.options(of: command)
        invocation = Invocation(command, options: options)
    }

    private var name: String { program.fullName(of: command) }

    mutating func take(_ word: String) throws(ArgumentsError) {
        if let option = waiting {
            guard !looksLikeOption(word) else { throw missingValue(option) }
            waiting = nil
            try add(option, word)
        } else if optionsEnded || !looksLikeOption(word) {
            try add(argument: word)
        } else if word == "--" {
            optionsEnded = true
        } else if word.hasPrefix("--") {
            try takeLong(word)
        } else {
            try takeLetters(word)
        }
    }

    consuming func finished() throws(ArgumentsError) -> Invocation {
        if let waiting { throw missingValue(waiting) }
        for group in command.exclusive {
            let given = group.filter { invocation.has($0) }
            guard given.count < 2 else { throw .exclusive(given, command: name) }
        }
        for option in options where option.isRequired && !invocation.has(option.name) {
            throw .missingOption(option.name, command: name)
        }
        let count = invocation.arguments.count
        for (place, positional) in command.positionals.enumerated() where positional.isRequired && place >= count {
            throw .missingArgument(positional.name, command: name)
        }
        return invocation
    }

    private mutating func takeLong(_ word: String) throws(ArgumentsError) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let found = options.first { $0.name == parts[0] }
        guard let option = found else { throw unknown("--" + parts[0]) { $0.name == parts[0] } }
        let value = parts.count > 1 ? String(parts[1]) : nil
        switch (option.takesValue, value) {
        case (true, nil): waiting = option
        case (true, let value?): try add(option, value)
        case (false, nil): try add(option, "")
        case (false, let value?): throw .unexpectedValue(option: option.name, value: value, command: name)
        }
    }

    private mutating func takeLetters(_ word: String) throws(ArgumentsError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.letter == letter }) else {
                throw unknown("-\(letter)") { $0.letter == letter }
            }
            guard option.takesValue else {
                try add(option, "")
                continue
            }
            guard !letters.isEmpty else {
                waiting = option
                return
            }
            return try add(option, String(letters))
        }
    }

    private mutating func add(_ option: Option, _ value: String) throws(ArgumentsError) {
        guard option.takesValue else { return invocation.add(option, value) }
        guard !value.isEmpty else { throw missingValue(option) }
        guard option.kind == .values || !invocation.has(option.name) else {
            throw .repeated(option: option.name, command: name)
        }
        try check(value, of: "--" + option.name, option.completion)
        invocation.add(option, value)
    }

    private mutating func add(argument word: String) throws(ArgumentsError) {
        let place = invocation.arguments.count
        let fitting = place < command.positionals.count ? command.positionals[place] : command.positionals.last
        guard let positional = fitting, place < command.positionals.count || positional.repeats else {
            throw .surplusArgument(word, command: name)
        }
        try check(word, of: positional.name, positional.completion)
        invocation.add(argument: word)
    }

    private func check(_ word: String, of place: String, _ completion: Completion) throws(ArgumentsError) {
        guard let choices = completion.choices, !choices.contains(word) else { return }
        throw .notAChoice(word, of: place, choices: choices, command: name)
    }

    private func missingValue(_ option: Option) -> ArgumentsError {
        .missingValue(option: option.name, placeholder: option.placeholder, command: name)
    }

    /// The refusal of an option that this command does not have; `matches` finds it in others.
    private func unknown(_ word: String, _ matches: (Option) -> Bool) -> ArgumentsError {
        let others = program.allCommands.filter { $0.options.contains(where: matches) }
        guard others.isEmpty else {
            return .optionOfOther(word, command: name, others: others.map { program.fullName(of: $0) })
        }
        return .unknownOption(word, command: name, known: options.map(\.name))
    }
}
