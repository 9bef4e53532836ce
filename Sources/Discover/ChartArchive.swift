import LibArchive
import LibYAML
public import Values

/// A chart as it lies in its archive: what it says of itself, its files, the charts within it (helm.sh, Charts).
public struct ChartArchive: Sendable {
    /// `name` of `Chart.yaml`.
    public let name: String
    /// `version` of `Chart.yaml`.
    public let version: String
    /// The licence that the chart declares of itself (artifacthub.io, Helm annotations).
    public var licence: String? {
        let notes = chartFile["annotations"]
        return notes?["artifacthub.io/license"]?.text ?? notes?["licenses"]?.text
    }
    /// `appVersion` of `Chart.yaml`, the usual tag of its images.
    let appVersion: String?
    /// `Chart.yaml`.
    let chartFile: YAMLReader
    /// `values.yaml`; `nil` when it has none, or an empty one.
    let values: YAMLReader?
    /// What is below `templates/`, as text by path.
    let templates: [(path: String, text: String)]
    /// The charts below `charts/`, as folders or archives.
    let subcharts: [ChartArchive]
    /// The archive and the folder in it, for messages: `app-1.0.0.tgz/app`.
    let label: String

    /// The largest archive of a chart.
    public static let maximumSize = ByteCount.mebibytes(64)
    /// `Chart.yaml`, `values.yaml`: helm itself stops at 5 MiB (`MaxDecompressedFileSize`).
    private static let documentLimits = YAMLLimits(
        size: .mebibytes(5), depth: ManifestScan.limits.depth, nodes: ManifestScan.limits.nodes,
        aliases: ManifestScan.limits.aliases)
    /// Charts within charts within charts.
    private static let maximumDepth = 5

    /// What a chart may hold, with all charts within it: helm itself stops at 100 MiB (`MaxDecompressedChartSize`).
    private struct Allowance {
        var entries = 20_000
        var size = ByteCount.mebibytes(100)

        var limits: ArchiveLimits { ArchiveLimits(entries: entries, entrySize: size, totalSize: size, ratio: 200) }
    }

    /// Reads an archive as `helm package` makes it: a gzip-compressed tar with one folder.
    ///
    /// - Parameter label: What people call the archive.
    /// - Throws: ``DiscoverError/chart(_:_:)``.
    public init(_ bytes: [UInt8], label: String) throws(DiscoverError) {
        var allowance = Allowance()
        do throws(ChartFault) { try self.init(bytes, label: label, depth: 1, &allowance) } catch {
            throw .chart(label, error)
        }
    }

    private init(_ bytes: [UInt8], label: String, depth: Int, _ allowance: inout Allowance) throws(ChartFault) {
        let files: [String: [UInt8]]
        do throws(ArchiveError) { files = try Self.files(in: bytes, &allowance) } catch { throw .unreadable(error) }
        let roots = Set(files.keys.map { String($0.prefix { $0 != "/" }) }).sorted()
        guard let root = roots.first(where: { files[$0 + "/Chart.yaml"] != nil }) else { throw .noChartFile }
        try self.init(files, root: root, label: label + "/" + root, depth: depth, &allowance)
    }

    /// - Parameter root: The folder of the chart among `files`.
    private init(
        _ files: [String: [UInt8]], root: String, label: String, depth: Int, _ allowance: inout Allowance
    ) throws(ChartFault) {
        guard depth <= Self.maximumDepth else { throw .tooDeep(Self.maximumDepth) }
        func document(_ name: String) throws(ChartFault) -> YAMLReader? {
            guard let bytes = files[root + "/" + name] else { return nil }
            do throws(YAMLError) {
                return try YAMLDocument.parseStream(bytes, file: label + "/" + name, limits: Self.documentLimits).first?
                    .reader
            } catch { throw .yaml(error) }
        }
        guard let chartFile = try document("Chart.yaml") else { throw .noChartFile }
        guard let name = chartFile["name"]?.text, let version = chartFile["version"]?.text else {
            throw .yaml(chartFile.unexpected("`name` and `version` of a chart"))
        }
        self.name = name
        self.version = version
        self.chartFile = chartFile
        self.label = label
        appVersion = chartFile["appVersion"]?.text
        values = try document("values.yaml").flatMap { $0.isMap ? $0 : nil }
        let folder = root + "/templates/"
        templates = files.keys.filter { $0.hasPrefix(folder) }.sorted().map { path in
            (String(path.dropFirst(root.count + 1)), String(decoding: files[path] ?? [], as: UTF8.self))
        }
        subcharts = try Self.subcharts(files, root: root, label: label, depth: depth, &allowance)
        let requirements = try document("requirements.yaml")
        let required = chartFile["dependencies"] ?? requirements?["dependencies"]
        for dependency in required?.elements ?? [] {
            guard let needed = dependency["name"]?.text, !subcharts.contains(where: { $0.name == needed }) else {
                continue
            }
            throw .dependency(needed)
        }
    }

    /// Folders with a `Chart.yaml`, and archives; names that begin with `.` or `_` are not read (helm, `loader/load.go`).
    private static func subcharts(
        _ files: [String: [UInt8]], root: String, label: String, depth: Int, _ allowance: inout Allowance
    ) throws(ChartFault) -> [ChartArchive] {
        let prefix = root + "/charts/"
        let names = Set(
            files.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) })
        var found: [ChartArchive] = []
        for name in names.sorted() where !name.hasPrefix(".") && !name.hasPrefix("_") {
            let inner = label + "/charts/" + name
            if let bytes = files[prefix + name] {
                guard name.hasSuffix(".tgz") else { continue }
                found.append(try ChartArchive(bytes, label: inner, depth: depth + 1, &allowance))
            } else if files[prefix + name + "/Chart.yaml"] != nil {
                found.append(try ChartArchive(files, root: prefix + name, label: inner, depth: depth + 1, &allowance))
            }
        }
        return found
    }

    private static func files(
        in bytes: [UInt8], _ allowance: inout Allowance
    ) throws(ArchiveError) -> [String: [UInt8]] {
        var reader = try ArchiveReader(bytes: bytes, accepting: .tar, filters: .gzip, limits: allowance.limits)
        var files: [String: [UInt8]] = [:]
        while let entry = try reader.next() {
            switch entry.kind {
            case .directory: continue
            case .symbolicLink, .hardLink: throw .link(path: entry.name)
            case .file: break
            }
            let content = try reader.content(limit: allowance.size)
            allowance.size = ByteCount(allowance.size.bytes - content.count)
            if let name = entry.place?.text { files[name] = content }
        }
        allowance.entries -= reader.entryCount
        return files
    }
}
