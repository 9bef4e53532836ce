import Format
import Values

extension LayoutPlan {
    /// The archive of each chart, and the manifest that makes the platform install it.
    mutating func add(
        charts: [ChartRequest], _ locked: [LockedChart], _ folder: ChartFolder?
    ) throws(DefinitionError) {
        guard let folder else { return }
        for chart in charts {
            guard let archive = locked.first(where: { $0.name == chart.name }) else { continue }
            let destination = folder.destination.appending(archive.fileName)
            try add(
                destination, folder.roles, .file(folder.permissions, .chart(chart.name)),
                origin: "the chart \(chart.name)", at: chart.location)
            let words = [
                "name": chart.name, "namespace": chart.namespace, "chart": archive.chart,
                "chart.version": archive.version, "archive": archive.fileName, "archive.path": "/" + destination.text,
            ]
            let text = folder.manifest.text(
                words: words, values: try ChartValues.text(of: chart), createsNamespace: chart.createsNamespace)
            try add(
                folder.manifest.destination.appending(ChartManifest.fileName(for: chart.name)), folder.manifest.roles,
                .file(folder.manifest.permissions, .bytes(Array(text.utf8))), origin: "the chart \(chart.name)",
                at: chart.location)
        }
    }
}
