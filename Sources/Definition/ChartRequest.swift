public import LibYAML
public import Reporting
public import Values

/// `charts:` of a definition: a Helm chart that the platform installs.
public struct ChartRequest: Sendable {
    /// Where the chart comes from.
    public enum Source: Hashable, Sendable {
        /// A repository with an `index.yaml` below `url`, and the chart's name in it.
        case repository(url: String, chart: String)
        /// A repository of a registry, `ghcr.io/acme/charts/app`; its last component is the chart's name.
        case registry(String)
        /// An archive, or a chart's folder.
        case local(LocalPath)
    }

    /// Where the chart comes from.
    public var source: Source
    /// Which versions will do.
    public var versions: ChartVersionRange
    /// The digest that the archive must have.
    public var digest: SHA256Digest?
    /// What the platform calls the release; unique in a definition.
    public var name: String
    /// The namespace that it is installed into.
    public var namespace: String
    /// Whether the namespace is made if it is not there.
    public var createsNamespace: Bool
    /// Its values; later ones go before earlier ones.
    public var values: [Values]
    /// Where it was asked for.
    public var location: SourceLocation

    /// Some of the values of a chart.
    public enum Values: Sendable {
        /// They stand in the definition.
        case inline(YAMLReader)
        case file(LocalPath)
    }

    /// What the definition calls the chart: `podinfo`, `oci://ghcr.io/acme/charts/app`, `./charts/app`.
    public var text: String {
        switch source {
        case .repository(_, let chart): chart
        case .registry(let repository): "oci://" + repository
        case .local(let path): path.text
        }
    }

    /// Where it comes from, as the lock writes it: the repository's URL, or the same as ``text``.
    public var origin: String {
        if case .repository(let url, _) = source { url } else { text }
    }

    /// The local files that it is made of: the chart itself, and values.
    public var localPaths: [LocalPath] {
        let files = values.compactMap { if case .file(let path) = $0 { path } else { nil } }
        if case .local(let path) = source { return [path] + files }
        return files
    }
}
