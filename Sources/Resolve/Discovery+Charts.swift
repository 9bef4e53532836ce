import Definition
import Discover
import Format
import Gather
import LibCrypto
import LibYAML
import Posix
import Reporting
import Store
import Values

/// A chart to look into, with what it is installed with.
struct ChartInUse {
    /// Its archive in the store.
    var digest: SHA256Digest
    var bytes: [UInt8]
    var label: String
    var release: String
    var namespace: String
    /// All values as one text, for `helm`.
    var valuesText: String?
    /// Each of the values, for our own rules.
    var values: [YAMLReader]
    var kubernetes: String
}

extension Resolver {
    /// The charts of the definition, which are in the store when `lock` was made or gathered here.
    func charts(_ lock: Lock, _ definition: Definition) throws(ResolveError) -> [ChartInUse] {
        try gathering { () throws(GatherError) in try gatherer.gatherCharts(lock, for: definition) }
        var charts: [ChartInUse] = []
        for request in definition.charts {
            guard let locked = lock.charts.first(where: { $0.name == request.name }) else { continue }
            let bytes = try gathering { () throws(GatherError) in try gatherer.archive(of: locked.content) }
            try check(locked, bytes, Lock.path(for: definition.path))
            do throws(DefinitionError) {
                charts.append(
                    ChartInUse(
                        digest: locked.content.digest, bytes: bytes, label: locked.fileName, release: request.name,
                        namespace: request.namespace, valuesText: try ChartValues.text(of: request),
                        values: try ChartValues.readers(of: request), kubernetes: lock.kubernetes))
            } catch { throw .gather(.definition(error)) }
        }
        return charts
    }

    private func check(_ chart: LockedChart, _ bytes: [UInt8], _ lock: FilePath) throws(ResolveError) {
        let archive: ChartArchive
        do throws(DiscoverError) { archive = try ChartArchive(bytes, label: chart.fileName) } catch {
            throw .discover(error)
        }
        if let fault = chart.fault(archive) { throw .editedLock(lock, fault) }
    }

    /// A chart that stands within a manifest.
    func embedded(_ chart: ManifestScan.EmbeddedChart, _ lock: Lock) throws(ResolveError) -> ChartInUse {
        let place = chart.place.description
        let content = String(chart.content.filter { !$0.isWhitespace })
        guard let bytes = Base64.decode(content) else {
            throw .discover(.chart(place, .notBase64))
        }
        let kept = try gathering { () throws(GatherError) in try gatherer.keep(bytes) }
        var values: [YAMLReader] = []
        do throws(YAMLError) {
            values = try YAMLDocument.parseStream(Array(chart.values.utf8), file: place).map(\.reader)
        } catch { throw .discover(.yaml(error)) }
        return ChartInUse(
            digest: kept.digest, bytes: bytes, label: place, release: "release-name", namespace: "default",
            valuesText: chart.values.isEmpty ? nil : chart.values, values: values.filter(\.isMap),
            kubernetes: lock.kubernetes)
    }

    /// Renders the chart where there is `helm`; otherwise looks through it by rules, and says that those do not find all.
    func look(into chart: ChartInUse, _ discovery: inout Discovery) throws(ResolveError) {
        do throws(DiscoverError) {
            let archive = try ChartArchive(chart.bytes, label: chart.label)
            guard let helm else {
                discovery.images += ChartScan(archive, values: chart.values).images
                discovery.gaps.append(Self.gap(archive))
                return
            }
            discovery.images += try helm.images(
                of: HelmProgram.Order(
                    archive: gatherer.store.path(of: chart.digest), release: chart.release, namespace: chart.namespace,
                    values: chart.valuesText, kubernetes: chart.kubernetes,
                    chart: "\(archive.name) \(archive.version)", label: chart.label))
        } catch { throw .discover(error) }
    }

    private static func gap(_ chart: ChartArchive) -> Diagnostic {
        Diagnostic(
            "the images of the chart \(quoted(chart.name)) were found by rules, which do not find all: there is no helm here",
            severity: .warning,
            next: "install helm, which renders the chart as the site will; it needs no network for that",
            exitCode: .done)
    }
}

extension Lock {
    /// The version of Kubernetes within the platform's: `v1.31.4` of `v1.31.4+k3s1`.
    fileprivate var kubernetes: String { String(version.text.prefix { $0 != "+" && $0 != "-" }) }
}
