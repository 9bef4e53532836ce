extension Program {
    /// What `--help` shows: about `command`, or about the program when it is `nil` or the one without a verb.
    public func help(for command: Command? = nil, width: Int = 80) -> String {
        guard let command, !command.name.isEmpty else { return overview(width: width) }
        var layout = TextLayout(width: width)
        let name = fullName(of: command)
        layout.paragraph("\(name): \(command.summary)", indent: 2, first: 0)
        layout.line()
        addUsage(of: command, to: &layout)
        addBody(of: command, to: &layout)
        layout.heading("Common options")
        layout.table(rows(common))
        addExamples(of: command, to: &layout)
        return layout.text
    }

    private func overview(width: Int) -> String {
        var layout = TextLayout(width: width)
        layout.paragraph("\(name): \(summary)", indent: 2, first: 0)
        layout.line()
        if let withoutVerb {
            addUsage(of: withoutVerb, to: &layout)
            layout.line("       \(name) COMMAND [OPTION]...")
        } else {
            layout.line("Usage: \(name) COMMAND [OPTION]...")
        }
        addParagraphs(details, to: &layout)
        layout.heading("Commands")
        layout.table(commands.map { ($0.name, $0.summary) })
        if let withoutVerb {
            layout.heading("Without a command")
            layout.paragraph(withoutVerb.summary, indent: 2)
            addBody(of: withoutVerb, to: &layout)
        }
        layout.heading("Common options")
        layout.table(rows(common))
        if let withoutVerb { addExamples(of: withoutVerb, to: &layout) }
        layout.line()
        layout.line("`\(name) COMMAND --help` says more about a command.")
        return layout.text
    }

    private func addUsage(of command: Command, to layout: inout TextLayout) {
        let name = "Usage: " + fullName(of: command)
        layout.paragraph(parts: [name] + synopsis(of: command), indent: name.count + 1, first: 0)
    }

    private func addBody(of command: Command, to layout: inout TextLayout) {
        addParagraphs(command.details, to: &layout)
        if !command.positionals.isEmpty {
            layout.heading("Arguments")
            layout.table(command.positionals.map { ($0.name, meaning($0.summary, $0.completion)) })
        }
        if !command.options.isEmpty {
            layout.heading("Options")
            layout.table(rows(command.options))
        }
    }

    private func addParagraphs(_ paragraphs: [String], to layout: inout TextLayout) {
        for paragraph in paragraphs {
            layout.line()
            layout.paragraph(paragraph)
        }
    }

    private func addExamples(of command: Command, to layout: inout TextLayout) {
        guard !command.examples.isEmpty else { return }
        layout.heading("Examples")
        for example in command.examples {
            layout.line("  " + example.line)
            layout.paragraph(example.meaning, indent: 6)
        }
    }

    private func rows(_ options: [Option]) -> [(term: String, meaning: String)] {
        options.map { option in
            let short = option.letter.map { "-\($0), " } ?? "    "
            let more = [option.isRequired ? "required" : nil, option.kind == .values ? "may be repeated" : nil]
            let notes = more.compactMap(\.self).joined(separator: ", ")
            let summary = meaning(option.summary, option.completion)
            return (short + option.longForm, notes.isEmpty ? summary : "\(summary) (\(notes))")
        }
    }

    /// A summary with the choices, if there are any.
    func meaning(_ summary: String, _ completion: Completion) -> String {
        completion.choices.map { "\(summary): " + $0.joined(separator: ", ") } ?? summary
    }

    /// `DEFINITION [-o DIR] [--locked]` in its parts: arguments, then options, those first that must be there.
    func synopsis(of command: Command) -> [String] {
        let required = command.options.filter(\.isRequired).map(\.synopsis)
        let others = command.options.filter { !$0.isRequired }.map(\.synopsis)
        return command.positionals.map(\.synopsis) + required + others
    }
}
