public import LibArchive
public import LibYAML
public import Posix
public import Reporting

/// Why it cannot be told which images a manifest or chart refers to.
public enum DiscoverError: Error, Hashable, Sendable {
    /// A manifest is not understood; has file, line and column.
    case yaml(YAMLError)
    /// What stands there is no object of Kubernetes; whether it is one for kustomize.
    case notAnObject(SourceLocation, isForKustomize: Bool)
    /// A chart, by its name, is not one.
    case chart(String, ChartFault)
    /// `helm` cannot render a chart.
    case helm(chart: String, HelmFault)
}

/// What is wrong with a chart's archive.
public enum ChartFault: Error, Hashable, Sendable {
    /// It cannot be read to its end.
    case unreadable(ArchiveError)
    /// It stands in a manifest, and not in Base64.
    case notBase64
    /// It has no `Chart.yaml` below one folder.
    case noChartFile
    /// A file of it is not what it should be.
    case yaml(YAMLError)
    /// It needs this chart, which is not in its `charts/`.
    case dependency(String)
    /// Charts within charts, deeper than this.
    case tooDeep(Int)
}

/// How `helm` did not render a chart.
public enum HelmFault: Hashable, Sendable {
    /// It could not be run.
    case notRun(FileError)
    /// It exited with this status and said this last.
    case refused(status: Int32, words: [String])
    /// What it wrote is no manifest.
    case output(YAMLError)
}
