public import LibYAML
public import Reporting

/// A chart that a definition asks for.
public struct ChartSite: Hashable, Sendable {
    /// As the definition names it.
    public let chart: String
    /// Repository, registry or path.
    public let from: String
    /// The version or range asked for.
    public let requested: String
    /// Where it is asked for.
    public let location: SourceLocation
}

/// Why a chart cannot be had.
public enum ChartTrouble: Hashable, Sendable {
    /// There is no `index.yaml`.
    case noIndex(url: String)
    /// The repository's `index.yaml` is none.
    case index(YAMLError)
    /// The repository has no chart of that name; those it has.
    case unknownChart(known: [String])
    /// No version will do; those there are, newest first.
    case unknownVersion(known: [String])
    /// What the registry has there is no chart; the type of its configuration.
    case noChart(url: String, type: String)
    /// The archive is of another chart or version than its repository says.
    case otherChart(expected: String, found: String)
    /// A local chart has another version than is asked for.
    case otherVersion(found: String)
}

extension ChartTrouble {
    /// The trouble in words: exit code 2 where the definition can mend it, 5 where the repository must.
    func diagnostic(_ site: ChartSite) -> Diagnostic {
        switch self {
        case .noIndex(let url):
            words(
                site, "its repository has no index.yaml", [.init("asked", quoted(url))],
                "give the address below which index.yaml lies; charts in registries are named oci://…", .usage)
        case .index(let error):
            words(
                site, "the repository's index is not accepted: \(error.diagnostic.message)",
                [.init("repository", quoted(site.from))],
                "look at what answers there", .gathering)
        case .unknownChart(let known):
            words(
                site, "its repository has none of that name",
                [.init("repository", quoted(site.from))] + ResolveError.list("it has", known),
                ResolveError.suggestion(site.chart, known) ?? "name one of these", .usage)
        case .unknownVersion(let known):
            words(
                site, "no version is \(quoted(site.requested))",
                [.init("repository", quoted(site.from))] + ResolveError.list("there are", known),
                known.isEmpty ? "ask who publishes it" : "name one of these, or a range that has one", .usage)
        case .noChart(let url, let type):
            words(
                site, "what is there is none", [.init("asked", quoted(url)), .init("type", quoted(type))],
                "name a chart; images go under images", .usage)
        case .otherChart(let expected, let found):
            words(
                site, "its archive is another one",
                [.init("expected", expected), .init("found", found), .init("from", quoted(site.from))],
                "ask who publishes it", .gathering)
        case .otherVersion(let found):
            words(
                site, "it is \(quoted(found)), not \(quoted(site.requested))", [],
                "name that version, or leave `version` out", .usage)
        }
    }

    private func words(
        _ site: ChartSite, _ reason: String, _ details: [Diagnostic.Detail], _ next: String, _ code: ExitCode
    ) -> Diagnostic {
        Diagnostic(
            "cannot take the chart \(quoted(site.chart)): \(reason)", at: site.location, details: details, next: next,
            exitCode: code)
    }
}
