public import Reporting

/// What a bundle can bring for an auditor, and what a site may demand of it, by the names that `--require` and the site's policy use.
public enum Evidence: String, CaseIterable, Hashable, Sendable {
    /// The list of contents as CycloneDX.
    case cycloneDX = "sbom.cdx.json"
    /// The list of contents as SPDX.
    case spdx = "sbom.spdx.json"
    /// The page for people.
    case report = "report.html"
    /// Signed provenance by a key that vouches for the bundle; see ``Provenance``.
    case provenance

    /// The file below the bundle's folder that holds it.
    public var file: String { self == .provenance ? Self.attestations : rawValue }

    /// The file of attestations, below the bundle's folder (docs/format.md §5).
    public static let attestations = "signatures/provenance.intoto.jsonl"

    /// The names, separated by commas, as a person is told them.
    public static let names = allCases.map(\.rawValue).joined(separator: ", ")

    /// Reads what `--require` was given, each time names separated by commas.
    ///
    /// - Throws: ``Diagnostic`` (usage) for a name that is none.
    public static func demanded(_ texts: [String]) throws(Diagnostic) -> Set<Self> {
        var found: Set<Self> = []
        for text in texts {
            for name in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let evidence = Self(rawValue: String(name)) else {
                    throw Diagnostic(
                        "--require \(quoted(text)) names no evidence", next: "name some of \(names)", exitCode: .usage)
                }
                found.insert(evidence)
            }
        }
        return found
    }
}
