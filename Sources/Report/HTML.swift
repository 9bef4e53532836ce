/// A piece of HTML, built so that text cannot become markup.
struct HTML {
    /// The markup.
    private(set) var markup: String

    /// Text, escaped.
    init(_ text: String) {
        var markup = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            default: markup.unicodeScalars.append(scalar)
            }
        }
        self.markup = markup
    }

    private init(markup: String) { self.markup = markup }

    /// Markup that stands in the source of this program.
    static func fixed(_ markup: StaticString) -> HTML { HTML(markup: markup.description) }

    /// An element; its name stands in the source of this program.
    static func element(_ name: StaticString, _ content: [HTML]) -> HTML {
        HTML(markup: "<\(name)>" + content.map(\.markup).joined() + "</\(name)>")
    }

    /// An element with text in it.
    static func element(_ name: StaticString, _ text: String) -> HTML { element(name, [HTML(text)]) }

    /// Pieces after each other, each on a line of its own.
    static func lines(_ pieces: [HTML]) -> HTML { HTML(markup: pieces.map(\.markup).joined(separator: "\n")) }

    /// A table with a head row; empty for no rows.
    static func table(_ head: [String], _ rows: [[HTML]]) -> HTML {
        guard !rows.isEmpty else { return HTML(markup: "") }
        let headRow = element("tr", head.map { element("th", $0) })
        let body = rows.map { element("tr", $0.map { element("td", [$0]) }) }
        return lines(
            [fixed("<table>"), element("thead", [headRow]), fixed("<tbody>")] + body + [fixed("</tbody></table>")])
    }
}
