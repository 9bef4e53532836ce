import Definition
package import LibYAML
import Values

/// The `index.yaml` of a repository of charts (helm.sh, "The Chart Repository Guide"). Read leniently: what is not a chart's entry is passed
/// over, as Helm does.
package struct ChartIndex {
    /// One version of a chart.
    struct Entry {
        let version: ChartVersion
        /// As it stands there: absolute, or relative to the repository.
        let url: String
        let digest: SHA256Digest?
    }

    private let entries: YAMLReader

    /// Large repositories have tens of thousands of versions.
    static let maximumSize = ByteCount.mebibytes(64)
    private static let limits = YAMLLimits(size: maximumSize, depth: 64, nodes: 5_000_000, aliases: 10_000)

    package init(_ bytes: [UInt8], url: String) throws(YAMLError) {
        let document = try YAMLDocument.parse(bytes, file: url, limits: Self.limits)
        let members = try document.reader.entries()
        guard let entries = members.first(where: { $0.key == "entries" })?.value, entries.isMap else {
            throw document.reader.unexpected("`entries` of charts, as a repository's index.yaml has them")
        }
        self.entries = entries
    }

    /// The names of all charts, sorted.
    package var charts: [String] { members(entries).map(\.key).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The addresses of the versions of `chart` as they stand there: a door for fuzzers.
    package func addresses(of chart: String) -> [String] { versions(of: chart)?.map(\.url) ?? [] }

    /// The versions of `chart`; `nil` when there is no such chart.
    func versions(of chart: String) -> [Entry]? {
        guard let list = members(entries).first(where: { $0.key == chart })?.value, list.isList else { return nil }
        do throws(YAMLError) { return try list.list().compactMap(entry) } catch { return [] }
    }

    private func entry(_ reader: YAMLReader) -> Entry? {
        let fields = members(reader)
        func text(_ key: String) -> String? {
            guard case .scalar(let scalar)? = fields.first(where: { $0.key == key })?.value.node.kind else {
                return nil
            }
            return scalar.text
        }
        guard let version = text("version").flatMap({ ChartVersion($0) }), text("removed") != "true",
            case .sequence(let urls)? = fields.first(where: { $0.key == "urls" })?.value.node.kind,
            case .scalar(let url)? = urls.first?.kind, !url.text.isEmpty
        else { return nil }
        let digest = text("digest").flatMap { SHA256Digest($0) ?? SHA256Digest(hex: $0) }
        return Entry(version: version, url: url.text, digest: digest)
    }

    private func members(_ reader: YAMLReader) -> [(key: String, value: YAMLReader)] {
        guard reader.isMap else { return [] }
        do throws(YAMLError) { return try reader.entries().map { ($0.key, $0.value) } } catch { return [] }
    }
}
