public import Definition
public import Format
import LibCrypto
public import OCI
import Posix
import Registry
import Store
import Values

extension Gatherer {
    /// Brings every chart that `lock` names into the store.
    ///
    /// - Throws: ``GatherError``.
    public func gatherCharts(_ lock: Lock, for definition: Definition) throws(GatherError) {
        var orders: [FetchOrder] = []
        for chart in lock.charts {
            guard try !holds(chart.content) else { continue }
            switch chart.origin {
            case .url(let url) where url.hasPrefix("oci://"):
                let reference = try Self.reference(url)
                do throws(RegistryError) {
                    try registry.pull(
                        [Descriptor(chart.content, mediaType: .chart)], of: reference,
                        askedFor: "the chart \(chart.name)")
                } catch { throw .registry(error) }
            case .url(let url):
                orders.append(
                    FetchOrder(
                        FetchedItem("the chart \(chart.name)", promise: "the lock"), url: url,
                        digest: chart.content.digest, size: chart.content.size))
            case .file:
                guard case .local(let path)? = definition.charts.first(where: { $0.name == chart.name })?.source else {
                    throw .staleLock("it takes the chart \"\(chart.name)\" from a file, the definition does not")
                }
                let content = try take(chartAt: path)
                guard content == chart.content else {
                    throw .changedFiles([LocalChange(name: path.text, locked: chart.content, found: content)])
                }
            }
        }
        try fetch(orders)
    }

    private func holds(_ content: Content) throws(GatherError) -> Bool {
        try storing { () throws(StoreError) in try store.contains(content.digest, size: content.size) }
    }

    /// `ghcr.io/acme/charts/app:1.0.0` of `oci://ghcr.io/acme/charts/app:1.0.0`.
    public static func reference(_ url: String) throws(GatherError) -> ImageReference {
        do throws(OCIError) { return try ImageReference(String(url.dropFirst(6))) } catch {
            throw .staleLock("\"\(url)\" names no chart in a registry")
        }
    }

    /// Brings a local chart into the store, as an archive.
    public func take(chartAt path: LocalPath) throws(GatherError) -> Content {
        try keep(LocalChart.archive(at: path))
    }

    /// Keeps `bytes` in the store.
    public func keep(_ bytes: [UInt8]) throws(GatherError) -> Content {
        try storing { () throws(StoreError) in _ = try store.ingest(bytes) }
        return Content(size: ByteCount(bytes.count), digest: .of(bytes))
    }

    /// The archive of a chart that is in the store.
    public func archive(of content: Content) throws(GatherError) -> [UInt8] {
        try storing { () throws(StoreError) in try store.read(content.digest, limit: content.size) }
    }
}

extension MediaType {
    /// A chart's archive (helm.sh, "Use OCI-based registries").
    public static var chart: MediaType { known("application/vnd.cncf.helm.chart.content.v1.tar+gzip") }

    private static func known(_ text: String) -> MediaType {
        guard let type = MediaType(text) else { preconditionFailure("\(text) is a media type") }
        return type
    }
}

extension Descriptor {
    fileprivate init(_ content: Content, mediaType: MediaType) {
        self.init(mediaType: mediaType, digest: content.digest, size: content.size)
    }
}

/// A chart on this machine: an archive, or a folder, which is packed.
enum LocalChart {
    /// The largest archive of a chart.
    static let maximumSize = ByteCount.mebibytes(64)

    static func archive(at path: LocalPath) throws(GatherError) -> [UInt8] {
        let found: [UInt8]?
        do throws(FileError) { found = try read(path.path) } catch { throw .file(error) }
        guard let found else {
            throw .definition(
                .localFile(
                    path.location, path: path.path, reason: "there is no such chart",
                    next: "write the path of an archive or a folder, as seen from the definition's folder"))
        }
        return found
    }

    private static func read(_ path: FilePath) throws(FileError) -> [UInt8]? {
        switch try Files.information(path)?.kind {
        case nil: nil
        case .directory: try ChartFolderArchive.bytes(of: path)
        case .file, .link, .other: try Files.read(path, limit: maximumSize)
        }
    }
}
