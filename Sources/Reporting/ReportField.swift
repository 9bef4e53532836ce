/// A named value of a machine-readable report, in the order it is written. `JSON` turns lists of them into objects;
/// this module stands below it and so only says what there is to write.
public struct ReportField: Hashable, Sendable {
    /// What a field holds.
    public indirect enum Value: Hashable, Sendable {
        /// Text as it is, unescaped.
        case text(String)
        /// A whole number.
        case number(Int)
        /// An object.
        case fields([ReportField])
        /// Values of one shape.
        case list([Value])
    }

    /// The key: one word in camel case.
    public let name: String
    /// What it holds.
    public let value: Value

    /// Takes both as they are.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension Diagnostic {
    /// This diagnostic for `--json`: `severity`, `message`, `location` (`file`, `line`, `column`), `details`, `next`,
    /// `exitCode`; what is not there is left out.
    public var fields: [ReportField] {
        var fields = [ReportField("severity", .text(severity.rawValue)), ReportField("message", .text(message))]
        if let location { fields.append(ReportField("location", .fields(location.fields))) }
        if !details.isEmpty {
            let list = details.map {
                ReportField.Value.fields([.init("label", .text($0.label)), .init("text", .text($0.text))])
            }
            fields.append(ReportField("details", .list(list)))
        }
        if let next { fields.append(ReportField("next", .text(next))) }
        fields.append(ReportField("exitCode", .number(Int(exitCode.rawValue))))
        return fields
    }
}

extension SourceLocation {
    /// `file`, `line`, `column`.
    var fields: [ReportField] {
        [ReportField("file", .text(file)), ReportField("line", .number(line)), ReportField("column", .number(column))]
    }
}
