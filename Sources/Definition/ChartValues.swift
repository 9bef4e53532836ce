public import LibYAML
import Posix
public import Values

/// The values that a definition gives a chart, as one text.
public enum ChartValues {
    /// The largest file of values.
    public static let maximumSize = ByteCount.mebibytes(1)

    /// The text that the platform gives Helm; `nil` when the definition gives none.
    ///
    /// One file stays as it is, with its comments. Of several, maps are merged as Helm does it: what comes later goes before, lists and
    /// single values are replaced whole.
    public static func text(of chart: ChartRequest) throws(DefinitionError) -> String? {
        let parts = try documents(of: chart)
        if case .file = chart.values.first, chart.values.count == 1, let part = parts.first { return part.text }
        guard !parts.isEmpty else { return nil }
        let merged = parts.reduce(YAMLValue.map([])) { merge($0, with: $1.value) }
        return merged == .map([]) ? nil : merged.text
    }

    /// Each of the values with its places, in the order written.
    public static func readers(of chart: ChartRequest) throws(DefinitionError) -> [YAMLReader] {
        try documents(of: chart).map(\.reader)
    }

    private static func documents(
        of chart: ChartRequest
    ) throws(DefinitionError) -> [(text: String, value: YAMLValue, reader: YAMLReader)] {
        var documents: [(String, YAMLValue, YAMLReader)] = []
        for part in chart.values {
            switch part {
            case .inline(let reader):
                let value = reader.node.asWritten
                documents.append((value.text, value, reader))
            case .file(let local):
                let bytes = try read(local)
                let text = String(decoding: bytes, as: UTF8.self)
                let document = try inWords { () throws(YAMLError) in
                    try YAMLDocument.parseStream(bytes, file: local.path.text).first
                }
                guard let document else { continue }
                guard document.reader.isMap else { throw .yaml(document.reader.unexpected("a map of values")) }
                documents.append((text, document.root.asWritten, document.reader))
            }
        }
        return documents
    }

    private static func read(_ local: LocalPath) throws(DefinitionError) -> [UInt8] {
        do throws(FileError) { return try Files.read(local.path, limit: maximumSize) } catch {
            guard error.errno == .notFound else { throw .file(error) }
            throw .localFile(
                local.location, path: local.path, reason: "there is no such file",
                next: "write the path as seen from the definition's folder")
        }
    }

    private static func merge(_ low: YAMLValue, with high: YAMLValue) -> YAMLValue {
        guard case .map(var members) = low, case .map(let more) = high else { return high }
        for member in more {
            if let index = members.firstIndex(where: { $0.key == member.key }) {
                members[index] = YAMLMember(member.key, merge(members[index].value, with: member.value))
            } else {
                members.append(member)
            }
        }
        return .map(members)
    }
}

extension YAMLNode {
    /// The node with its plain scalars as they stand: `yes` and `0777` mean to Helm what YAML 1.1 makes of them, not what we would.
    fileprivate var asWritten: YAMLValue {
        switch kind {
        case .scalar(let scalar): scalar.isPlain ? .bare(scalar.text) : .string(scalar.text)
        case .sequence(let nodes): .list(nodes.map(\.asWritten))
        case .mapping(let entries): .map(entries.map { YAMLMember($0.key, $0.value.asWritten) })
        }
    }
}
