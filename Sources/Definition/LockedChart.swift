public import Format
import LibYAML

/// A chart that the platform installs.
public struct LockedChart: Hashable, Sendable {
    /// The release; unique in a lock.
    public var name: String
    /// The chart's own name.
    public var chart: String
    /// Its version.
    public var version: String
    /// The repository, `oci://…` or path that the definition names.
    public var from: String
    /// The version or range that the definition asks for.
    public var requested: String
    /// Where the archive's bytes come from.
    public var origin: LockedArtefact.Origin
    /// Size and digest of the archive.
    public var content: Content

    /// A chart by its facts.
    public init(
        name: String, chart: String, version: String, from: String, requested: String, origin: LockedArtefact.Origin,
        content: Content
    ) {
        self.name = name
        self.chart = chart
        self.version = version
        self.from = from
        self.requested = requested
        self.origin = origin
        self.content = content
    }

    /// The archive's name where it is laid. It tells the version, so that a platform sees that there is another one; `+` would have to
    /// be written otherwise in a URL.
    public var fileName: String {
        "\(name)-" + version.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "_") + ".tgz"
    }
}

extension LockedChart {
    init(_ reader: YAMLReader) throws(YAMLError) {
        let fields = try reader.map(LockKeys.chart)
        guard fields.has("url") != fields.has("file") else { throw reader.unexpected("either `url` or `file`") }
        let version = try fields.required("version")
        let text = try version.scalarText()
        guard ChartVersion(text) != nil else { throw version.unexpected("a version such as 1.2.3") }
        self.init(
            name: try fields.required("name").value("a name of a-z, 0-9 and -") { BundleName($0)?.description },
            chart: try fields.required("chart").nonEmptyString(), version: text,
            from: try fields.required("from").nonEmptyString(),
            requested: try fields.required("requested").scalarText(), origin: try Self.origin(fields),
            content: try Content(fields))
    }

    private static func origin(_ fields: YAMLMap) throws(YAMLError) -> LockedArtefact.Origin {
        guard let url = fields.optional("url") else { return .file(try fields.required("file").nonEmptyString()) }
        let text = try url.nonEmptyString()
        return .url(text.hasPrefix("oci://") ? text : try url.url())
    }

    var yaml: YAMLValue {
        let place =
            switch origin {
            case .url(let url): YAMLMember("url", .string(url))
            case .file(let path): YAMLMember("file", .string(path))
            }
        return .map(
            [
                YAMLMember("name", .string(name)), YAMLMember("chart", .string(chart)),
                YAMLMember("version", .string(version)), YAMLMember("from", .string(from)),
                YAMLMember("requested", .string(requested)), place,
            ] + content.members)
    }
}
