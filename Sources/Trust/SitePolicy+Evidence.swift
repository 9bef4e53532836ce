import JSON

extension SitePolicy {
    /// `require`.
    mutating func readEvidence(_ reader: JSONReader) throws(JSONError) {
        let words = Evidence.allCases.map(\.rawValue).joined(separator: ", ")
        let demanded = try reader.distinct("require") { (item) throws(JSONError) in
            try item.parsed(as: "one of \(words)") { Evidence(rawValue: $0) }
        }
        evidence = Set(demanded ?? [])
    }
}
