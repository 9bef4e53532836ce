/// What would have been right, for what libyaml complains about. libyaml's sentences are those of scanner.c and parser.c.
enum SyntaxHints {
    private static let table: [(part: String, hint: String)] = [
        ("mapping values are not allowed", "put text that holds `: ` in quotes, or begin the key on a line of its own"),
        ("could not find expected ':'", "write `key: value` with a colon and a space after the key"),
        ("did not find expected key", "line the key up with the keys above it, and close open quotes and brackets"),
        ("did not find expected '-' indicator", "line the item up with the `- ` items above it"),
        ("block sequence entries are not allowed", "begin the list on the line below its key"),
        ("did not find expected ',' or ']'", "separate the items with commas and close the list with `]`"),
        ("did not find expected ',' or '}'", "separate the entries with commas and close the map with `}`"),
        ("found unexpected end of stream", "close the quotes"),
        ("unexpected document indicator", "close the quotes before the `---` line"),
        ("found unknown escape character", "double the backslash, or use single quotes"),
        ("cannot start any token", "put text that begins with this character in quotes"),
        ("found undefined tag handle", "put text that begins with `!` in quotes"),
        ("did not find expected <document start>", "indent this line as part of what stands above it, or remove it"),
        ("incompatible YAML document", "remove the %YAML line"),
        ("did not find expected alphabetic or numeric character", "put text that begins with `*` or `&` in quotes"),
    ]

    static func hint(for problem: String, context: String?) -> String {
        table.first { problem.contains($0.part) }?.hint ?? "compare the indentation and quotes with the lines above"
    }
}
