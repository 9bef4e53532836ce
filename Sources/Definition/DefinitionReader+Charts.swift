import Format
import LibYAML
import OCI
import Posix
import Values

extension DefinitionReader {
    /// `charts:`; refused where the platform has no place for them.
    func charts(_ map: YAMLMap) throws(YAMLError) -> [ChartRequest] {
        let charts = try items.list("charts", of: map) { (reader) throws(YAMLError) in try chart(reader) }
        guard !charts.isEmpty else { return [] }
        guard let folder = profile.charts else {
            throw map.refused(
                "charts", "the profile \(profile.name) has no place from which its platform installs charts")
        }
        guard items.roles.contains(where: { folder.roles.includes($0) }) else {
            let names = folder.roles.names?.joined(separator: ", ") ?? ""
            throw map.refused("charts", "only \(names) installs them, which is not among the roles offered")
        }
        for (index, chart) in charts.enumerated() {
            let reader = try map.required("charts").list()[index]
            if charts[..<index].contains(where: { $0.name == chart.name }) {
                throw reader.unexpected("a `name` that no chart above has; \(chart.name) is taken")
            }
            if folder.reserved.contains(chart.name) {
                throw reader.unexpected("another `name`: the platform has a chart \(chart.name) of its own")
            }
        }
        return charts
    }

    private func chart(_ reader: YAMLReader) throws(YAMLError) -> ChartRequest {
        let fields = try reader.map(DefinitionKeys.chart)
        let source = try source(fields)
        let versions: ChartVersionRange? = try fields.optional("version").map { (reader) throws(YAMLError) in
            let text = try reader.scalarText()
            guard let range = ChartVersionRange(text) else {
                throw reader.unexpected("a version such as 6.5.1, or a range such as 6.x, ^6.5 or `>=6 <7`")
            }
            return range
        }
        let namespace: String? = try fields.optional("namespace")?.value("a namespace of a-z, 0-9 and -", Self.label)
        return ChartRequest(
            source: source, versions: versions ?? .all,
            digest: try fields.optional("sha256").map { (reader) throws(YAMLError) -> SHA256Digest in
                try reader.value("64 lower-case hexadecimal digits") { SHA256Digest(hex: $0) }
            }, name: try releaseName(fields, source), namespace: namespace ?? "default",
            createsNamespace: try fields.optional("create-namespace")?.bool() ?? false,
            values: try values(fields), location: reader.location)
    }

    private func source(_ fields: YAMLMap) throws(YAMLError) -> ChartRequest.Source {
        let reader = try fields.required("chart")
        let text = try reader.nonEmptyString()
        if let repository = fields.optional("repo") {
            let url = try repository.url()
            guard text.utf8.allSatisfy(Self.isNameByte) else {
                throw reader.unexpected("the chart's name in its `repo`")
            }
            return .repository(url: url.hasSuffix("/") ? String(url.dropLast()) : url, chart: text)
        }
        if text.hasPrefix("oci://") {
            let name = String(text.dropFirst(6))
            guard name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(UInt8(ascii: "@")),
                Self.isRepository(name)
            else {
                throw reader.unexpected("a chart such as oci://ghcr.io/acme/charts/app, its version under `version`")
            }
            return .registry(name)
        }
        guard text.hasPrefix(".") || text.hasPrefix("/") || text.hasSuffix(".tgz") else {
            throw reader.unexpected("a `repo` beside it, oci://…, or a path such as ./charts/app or ./app-1.0.0.tgz")
        }
        return .local(try local(reader))
    }

    /// What stands under `name`, else the chart's own name.
    private func releaseName(_ fields: YAMLMap, _ source: ChartRequest.Source) throws(YAMLError) -> String {
        let rule = "a name of at most 53 of a-z, 0-9 and -"
        if let reader = fields.optional("name") { return try reader.value(rule, Self.release) }
        let own: String
        switch source {
        case .repository(_, let chart): own = chart
        case .registry(let repository): own = repository.split(separator: "/").last.map(String.init) ?? ""
        case .local(let path): own = Self.chartName(of: path.path.lastComponent)
        }
        guard let name = Self.release(own) else {
            throw try fields.required("chart").unexpected("`name` beside it, \(rule)")
        }
        return name
    }

    /// `app` of `app-1.0.0.tgz` and of `app`.
    private static func chartName(of file: String) -> String {
        guard file.hasSuffix(".tgz") else { return file }
        let stem = file.dropLast(4)
        let dashes = stem.indices.filter { stem[$0] == "-" }
        let cut = dashes.first { ChartVersion(String(stem[stem.index(after: $0)...])) != nil }
        return String(cut.map { stem[..<$0] } ?? stem)
    }

    private func values(_ fields: YAMLMap) throws(YAMLError) -> [ChartRequest.Values] {
        guard let reader = fields.optional("values") else { return [] }
        var values: [ChartRequest.Values] = []
        for part in reader.isList ? try reader.list() : [reader] {
            values.append(part.isMap ? .inline(part) : .file(try local(part)))
        }
        return values
    }

    /// A registry and a repository, neither completed nor tagged.
    private static func isRepository(_ text: String) -> Bool {
        do throws(OCIError) { return try ImageReference(text + ":x").name == text } catch { return false }
    }

    /// RFC 1123, as Kubernetes wants namespaces.
    private static func label(_ text: String) -> String? {
        let isLabel = VariableType.hostname.accepts(text) && text == text.lowercased() && !text.contains(".")
        return isLabel ? text : nil
    }

    /// Helm's limit on release names leaves room for what charts put behind them.
    private static func release(_ text: String) -> String? { text.utf8.count <= 53 ? label(text) : nil }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ChartVersion.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || "-_.".utf8.contains(byte)
    }
}
