import JSON
import LibYAML

/// The two languages in which documents are written.
extension FuzzTarget {
    /// JSON: what the strict dialect takes the other takes too, as the same value, and both ways of writing give that value back.
    static let json = FuzzTarget("json") { bytes in
        let value = try JSONValue.parse(bytes, dialect: .foreign)
        let compact = try mustRead("JSON that sealift wrote was refused") {
            try JSONValue.parse(value.compact(), dialect: .foreign)
        }
        try hold(compact == value, "compact JSON is not read as what was written")
        let strict = try JSONValue.parse(bytes)
        try hold(strict == value, "the two dialects of JSON disagree about a value")
        let canonical = value.canonical()
        let again = try mustRead("canonical JSON was refused") { try JSONValue.parse(canonical) }
        try hold(again.canonical() == canonical, "canonical JSON is not read as what was written")
    }

    /// YAML: a value that was read is the same after it was written and read again.
    static let yaml = FuzzTarget("yaml") { bytes in
        let value = try YAMLDocument.parse(bytes, file: "fuzz.yaml").root.value
        let text = value.text
        let again = try mustRead("YAML that sealift wrote was refused") {
            try YAMLDocument.parse(Array(text.utf8), file: "again.yaml").root.value
        }
        try hold(again == value, "YAML is another value after it was written: \(text)")
    }
}
