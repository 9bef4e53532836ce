public import Reporting

extension YAMLError: Diagnosable {
    /// The error in words.
    public var diagnostic: Diagnostic {
        let words = words
        return Diagnostic(
            words.message, at: location, details: words.details, next: words.next, exitCode: .usage)
    }

    /// Where in the text; `nil` when it is about the file as a whole.
    public var location: SourceLocation? {
        switch self {
        case .tooLarge, .empty: nil
        case .tooDeep(let place, _), .tooManyNodes(let place, _), .tooManyAliases(let place, _), .notUTF8(let place),
            .character(let place), .tab(let place), .syntax(let place, _, _), .severalDocuments(let place),
            .duplicateKey(_, let place, _), .keyNotText(let place), .unknownAlias(_, let place),
            .unknownTag(_, let place), .unexpected(let place, _, _, _, _), .refused(let place, _, _, _),
            .missingKey(_, let place, _),
            .unknownKey(_, let place, _, _):
            place
        }
    }

    private struct Words {
        var message: String
        var details: [Diagnostic.Detail] = []
        var next: String
    }

    /// A table: one case, its sentence and its remedy.
    private var words: Words {
        switch self {
        case .tooLarge(let file, let size, let limit):
            Words(
                message: "cannot read \(quoted(file)): it has \(size), at most \(limit) are read",
                next: "check that this is the file you meant; put large content in a file of its own and name it")
        case .tooDeep(_, let limit):
            Words(message: "cannot read a value more than \(limit) levels deep", next: "flatten the nesting")
        case .tooManyNodes(_, let limit):
            Words(
                message: "cannot read more than \(limit) values", next: "write fewer values, or remove aliases (*name)")
        case .tooManyAliases(_, let limit):
            Words(message: "cannot read more than \(limit) aliases (*name)", next: "write the values out")
        case .notUTF8:
            Words(message: "cannot read text that is not UTF-8", next: "save the file as UTF-8")
        case .character:
            Words(
                message: "cannot read a control character here",
                next: "remove it, or write it as an escape inside double quotes")
        case .tab: Words(message: "cannot indent with a tab", next: "indent with spaces")
        case .syntax(_, let problem, let context):
            Words(
                message: "cannot read the YAML: \(problem)", details: Self.details(context),
                next: SyntaxHints.hint(for: problem, context: context?.words))
        case .empty(let file):
            Words(message: "cannot read \(quoted(file)): it is empty", next: "write `key: value` lines into it")
        case .severalDocuments:
            Words(message: "cannot read a second document in this file", next: "remove what follows the `---` line")
        case .duplicateKey(let key, _, let line):
            Words(
                message: "the key \(quoted(key)) stands twice, first on line \(line)", next: "keep one of the two")
        case .keyNotText:
            Words(message: "cannot take a list or a map as a key", next: "write a text as the key")
        case .unknownAlias(let name, _):
            Words(
                message: "nothing before this is called \(quoted("&" + name))",
                next: "put text that begins with `*` in quotes, or define the anchor first")
        case .unknownTag(let tag, _):
            Words(
                message: "cannot take the tag \(quoted(tag))",
                next: "remove the tag; put text that begins with `!` in quotes")
        case .unexpected(_, let place, let found, let expected, let nearest):
            Words(
                message: "\(Self.subject(place)): expected \(expected), found \(found)",
                next: nearest.map { "did you mean \(quoted($0))?" } ?? "write \(expected) here")
        case .refused(_, let place, let what, let reason):
            Words(message: "\(Self.subject(place)): cannot take \(what): \(reason)", next: "remove it")
        case .missingKey(let key, _, let place):
            Words(message: "\(Self.subject(place)): the key \(quoted(key)) is missing", next: "add `\(key): …`")
        case .unknownKey(let key, _, let place, let known): Self.unknown(key, place: place, known: known)
        }
    }

    private static func unknown(_ key: String, place: String, known: [String]) -> Words {
        let all = known.sorted().joined(separator: ", ")
        let details = [Diagnostic.Detail("known keys", all)]
        guard let near = nearest(to: key, in: known) else {
            return Words(
                message: "\(subject(place)): unknown key \(quoted(key))", details: details,
                next: "remove the key, or write one of the known ones")
        }
        return Words(
            message: "\(subject(place)): unknown key \(quoted(key))", details: details,
            next: "did you mean \(quoted(near))?")
    }

    private static func subject(_ place: String) -> String { place.isEmpty ? "the file" : place }

    private static func details(_ context: Context?) -> [Diagnostic.Detail] {
        guard let context else { return [] }
        let line = context.line.map { ", which began on line \($0)" } ?? ""
        return [Diagnostic.Detail("while", context.words.replacingPrefix("while ", with: "") + line)]
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with text: String) -> String {
        hasPrefix(prefix) ? text + dropFirst(prefix.count) : self
    }
}
