import Reporting

extension Program {
    /// The manual page in the macros of man(7), for section `section`.
    ///
    /// - Parameters:
    ///   - section: 1 for programs of everyone, 8 for those of the administrator (man(1)).
    ///   - date: The date in the footer, `2026-11-20`; passed in so that the same table gives the same page.
    public func manPage(section: Int, date: String) -> String {
        var page = ManPage()
        page.begin(name, section: section, date: date, version: version)
        page.heading("NAME")
        page.paragraphs(["\(name) - \(summary)"])
        page.heading("SYNOPSIS")
        for command in allCommands { page.synopsis(fullName(of: command), synopsis(of: command)) }
        page.heading("DESCRIPTION")
        page.paragraphs(details.isEmpty ? [sentence(summary)] : details)
        addCommands(to: &page)
        page.heading("OPTIONS")
        page.paragraphs(["Every command has these options."])
        for option in common { page.item(terms(option), option.summary) }
        addEnd(to: &page)
        return page.roff
    }

    private func addCommands(to page: inout ManPage) {
        page.heading("COMMANDS")
        for command in allCommands {
            page.subheading(fullName(of: command))
            page.synopsis(fullName(of: command), synopsis(of: command))
            page.paragraphs([sentence(command.summary)] + command.details)
            for positional in command.positionals {
                page.item([.italic(positional.name)], meaning(positional.summary, positional.completion))
            }
            for option in command.options { page.item(terms(option), meaning(option.summary, option.completion)) }
        }
    }

    private func addEnd(to page: inout ManPage) {
        page.heading("EXIT STATUS")
        for code in exitCodes { page.item([.bold(String(code.rawValue))], code.meaning) }
        if !files.isEmpty {
            page.heading("FILES")
            for file in files { page.item([.italic(file.path)], file.meaning) }
        }
        let examples = allCommands.flatMap(\.examples)
        if !examples.isEmpty {
            page.heading("EXAMPLES")
            for example in examples { page.item([.bold(example.line)], example.meaning) }
        }
        if !seeAlso.isEmpty {
            page.heading("SEE ALSO")
            page.paragraphs([seeAlso.joined(separator: ", ")])
        }
    }

    private func terms(_ option: Option) -> [ManPage.Term] {
        var terms: [ManPage.Term] = option.letter.map { [.bold("-\($0)"), .roman(", ")] } ?? []
        terms.append(.bold("--" + option.name))
        if option.takesValue { terms += [.roman(" "), .italic(option.placeholder)] }
        return terms
    }

    private func sentence(_ summary: String) -> String { summary.prefix(1).uppercased() + summary.dropFirst() + "." }
}

/// Lines of a manual page. All text is escaped; nothing in a table can act as roff.
struct ManPage {
    private(set) var roff = ""

    /// A part of a term in its font.
    enum Term {
        case bold(String), italic(String), roman(String)
    }

    /// Whether a paragraph begins by itself, because a heading stands above it.
    private var isBelowHeading = false

    /// The title line; ragged right without hyphens, because most words here are names to be copied.
    mutating func begin(_ name: String, section: Int, date: String, version: String) {
        let words = ["\(name) \(version)", "\(name) manual"].map { "\"\(escapedInside($0))\"" }.joined(separator: " ")
        roff += ".TH \(escapedInside(name.uppercased())) \(section) \(date) \(words)\n.nh\n.ad l\n"
    }

    mutating func heading(_ words: String) { head("SH", words) }
    mutating func subheading(_ words: String) { head("SS", words) }

    private mutating func head(_ macro: String, _ words: String) {
        roff += ".\(macro) \"\(escapedInside(words))\"\n"
        isBelowHeading = true
    }

    private mutating func beginParagraph() {
        if !isBelowHeading { roff += ".PP\n" }
        isBelowHeading = false
    }

    mutating func paragraphs(_ paragraphs: [String]) {
        for paragraph in paragraphs {
            beginParagraph()
            roff += escaped(paragraph) + "\n"
        }
    }

    /// How a command is called, broken between `parts` only.
    mutating func synopsis(_ name: String, _ parts: [String]) {
        beginParagraph()
        let spelled = parts.map { escapedInside($0).replacing(" ", with: "\\ ") }
        roff += (["\\fB" + escapedInside(name) + "\\fR"] + spelled).joined(separator: " ") + "\n"
    }

    mutating func item(_ terms: [Term], _ meaning: String) {
        roff += ".TP\n"
        isBelowHeading = false
        for term in terms {
            switch term {
            case .bold(let text): roff += "\\fB" + escapedInside(text) + "\\fR"
            case .italic(let text): roff += "\\fI" + escapedInside(text) + "\\fR"
            case .roman(let text): roff += escapedInside(text)
            }
        }
        roff += "\n"
        roff += escaped(meaning) + "\n"
    }

    /// Text at the beginning of a line, where `.` and `'` would be requests (groff(7) "Control characters").
    private func escaped(_ text: String) -> String {
        let inside = escapedInside(text)
        return inside.hasPrefix(".") || inside.hasPrefix("'") ? "\\&" + inside : inside
    }

    private func escapedInside(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "\"": result += "\\(dq"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\n": result += " "
            default: result.append(character)
            }
        }
        return result
    }
}
