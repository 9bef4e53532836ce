import LibArchive
import LibYAML
import Posix
public import Reporting

extension DiscoverError: Diagnosable {
    /// The error in words. Exit code 2: manifests and charts are the definition's.
    public var diagnostic: Diagnostic {
        switch self {
        case .yaml(let error):
            var words = error.diagnostic
            words.message = "cannot read the manifest: " + words.message
            return words
        case .notAnObject(let location, let isForKustomize):
            return Diagnostic(
                "cannot take this for a manifest: it has no `kind`"
                    + (isForKustomize ? " that a platform applies, but is read by kustomize" : ""),
                at: location,
                next: isForKustomize
                    ? "name the output of `kustomize build` instead" : "begin each object with apiVersion and kind",
                exitCode: .usage)
        case .chart(let name, .yaml(let error)):
            var words = error.diagnostic
            words.message = "cannot read the chart \(quoted(name)): " + words.message
            return words
        case .chart(let name, let fault):
            return Diagnostic(
                "cannot use the chart \(quoted(name)): \(fault.reason)", details: fault.details, next: fault.next,
                exitCode: .usage)
        case .helm(let chart, let fault):
            return Diagnostic(
                "cannot render the chart \(quoted(chart)): \(fault.reason)", details: fault.details,
                next: "mend the chart's values; without helm on the PATH its images are found by rules instead",
                exitCode: .usage)
        }
    }
}

extension ChartFault {
    fileprivate var reason: String {
        switch self {
        case .unreadable(let error): error.diagnostic.message
        case .notBase64: "its chartContent is not Base64"
        case .noChartFile: "it has no Chart.yaml in its one folder"
        case .yaml(let error): error.diagnostic.message
        case .dependency(let name): "it needs the chart \(quoted(name)), which is not in its charts folder"
        case .tooDeep(let limit): "it holds charts within charts, more than \(limit) deep"
        }
    }

    fileprivate var details: [Diagnostic.Detail] {
        if case .unreadable(let error) = self { error.diagnostic.details } else { [] }
    }

    fileprivate var next: String {
        switch self {
        case .unreadable, .notBase64, .noChartFile, .yaml, .tooDeep: "name a chart as `helm package` makes it"
        case .dependency: "run `helm dependency build` in the chart, and package it anew"
        }
    }
}

extension HelmFault {
    fileprivate var reason: String {
        switch self {
        case .notRun(let error): "helm cannot be run: \(error.errno.text)"
        case .refused(let status, _): "helm ended with \(status)"
        case .output(let error): "what helm made is no manifest: \(error.diagnostic.message)"
        }
    }

    fileprivate var details: [Diagnostic.Detail] {
        guard case .refused(_, let words) = self else { return [] }
        return words.map { .init("helm", $0) }
    }
}
