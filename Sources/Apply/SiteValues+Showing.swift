public import JSON
import Reporting

extension SiteValues {
    /// The values for a person, one line each, with who gave them; empty when there are none.
    public var text: String {
        guard !rows.isEmpty else { return "" }
        let lines = TextTable.lines(
            rows.map { [$0.name, $0.value ?? "(secret, not shown)", "from \($0.place)"] }, indent: 2)
        return (["values"] + lines).map { $0 + "\n" }.joined()
    }

    /// The values for a program: `name`, `value` (`null` for a secret), `from`.
    public var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "name": .string(row.name), "value": row.value.map { .string($0) } ?? .null,
                    "from": .string(row.place),
                ]
            })
    }
}
