public import Reporting

extension JSONValue {
    /// The object with these fields in their order.
    /// - Precondition: No name comes twice.
    public init(_ fields: [ReportField]) {
        var object = JSONObject()
        for field in fields { object.append(field.name, JSONValue(field.value)) }
        self = .object(object)
    }

    /// The value of one field.
    public init(_ value: ReportField.Value) {
        switch value {
        case .text(let text): self = .string(text)
        case .number(let number): self = .integer(number)
        case .fields(let fields): self.init(fields)
        case .list(let values): self = .array(values.map { JSONValue($0) })
        }
    }
}
