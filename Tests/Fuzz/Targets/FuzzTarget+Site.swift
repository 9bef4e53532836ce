import Apply
import Format
import JSON
import LibCrypto
import LibYAML
import Preflight
import Reporting
import Values

/// What a site writes, or has on its machines.
extension FuzzTarget {
    /// A file of values: one that a type accepts reads back from YAML and JSON as it was typed.
    static let values = FuzzTarget("values") { bytes in
        let source = try ValueSource.file("fuzz.env", bytes)
        for value in source.values {
            for type in VariableType.allCases where type.accepts(value.text) { try readsBack(value.text, type) }
        }
    }

    private static func readsBack(_ text: String, _ type: VariableType) throws {
        let json = try mustRead("a \(type) breaks JSON") {
            try JSONValue.parse(rendered("{\"v\": ${V}}\n", text, type, .json))["v"]?.typed
        }
        try hold(json == text, "a \(type) is another value in JSON: \(quoted(text))")
        let yaml = try mustRead("a \(type) breaks YAML") {
            let reader = try YAMLDocument.parse(rendered("v: ${V}\n", text, type, .yaml), file: "fuzz.yaml").reader
            return try reader.entries().first?.value.scalarText()
        }
        try hold(yaml == text, "a \(type) is another value in YAML: \(quoted(text))")
    }

    private static func rendered(
        _ line: String, _ text: String, _ type: VariableType, _ format: TemplateFormat
    ) throws -> [UInt8] {
        try Template(Array(line.utf8), format: format).rendered { _ in (type, text) }
    }

    /// A template: what it names as its variables is all that it asks for.
    static let template = FuzzTarget("template") { bytes in
        for format in TemplateFormat.allCases {
            let template = try Template(bytes, format: format)
            let names = Set(template.variables)
            var asked: Set<String> = []
            _ = template.rendered { name in
                asked.insert(name)
                return (.string, "\"\\$`'")
            }
            try hold(asked == names, "a template asks for \(asked.sorted()) and names \(names.sorted())")
        }
    }

    /// A public key in PEM: what is accepted is written and read again as the same key. A certificate: its dates are in order.
    static let pem = FuzzTarget("pem") { bytes in
        if CertificateValidity(pem: String(decoding: bytes, as: UTF8.self)) != nil { return }
        let key = try PublicKey(pem: bytes)
        let again = try mustRead("a key that sealift wrote was refused") { try PublicKey(pem: Array(key.pem.utf8)) }
        try hold(again.spki == key.spki, "a key is another one after it was written")
    }
}

extension JSONValue {
    /// A scalar as it was typed.
    fileprivate var typed: String? {
        stringValue ?? integerValue.map { String($0) } ?? boolValue.map { String($0) }
    }
}
