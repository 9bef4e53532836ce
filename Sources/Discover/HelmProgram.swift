import LibYAML
public import Posix
import Reporting
import Values

/// The program `helm`, which renders charts as the platform will.
public struct HelmProgram: Sendable {
    /// Where it is.
    public let path: FilePath
    private let searchPath: String

    /// Looks for `helm` in the folders of `searchPath`, separated by colons; `nil` when none has it.
    public static func find(in searchPath: String) throws(FileError) -> HelmProgram? {
        for folder in searchPath.split(separator: ":") where folder.hasPrefix("/") {
            let path = FilePath(String(folder)).appending("helm")
            let information: FileInformation?
            do throws(FileError) { information = try Files.information(path) } catch {
                guard error.errno == .notDirectory || error.errno == .accessDenied else { throw error }
                continue
            }
            if information?.kind == .file || information?.kind == .link {
                return HelmProgram(path: path, searchPath: searchPath)
            }
        }
        return nil
    }

    /// A minute is long for the largest of charts.
    private static let timeLimit = 120

    /// What a chart is rendered with.
    public struct Order: Sendable {
        /// The archive.
        public var archive: FilePath
        /// The release and its namespace.
        public var release, namespace: String
        /// The values as text; `nil` for none.
        public var values: String?
        /// The version of Kubernetes that charts ask about.
        public var kubernetes: String
        /// `app 1.0.0`, for messages.
        public var chart: String
        /// The archive's name for people.
        public var label: String

        /// An order of these.
        public init(
            archive: FilePath, release: String, namespace: String, values: String?, kubernetes: String, chart: String,
            label: String
        ) {
            self.archive = archive
            self.release = release
            self.namespace = namespace
            self.values = values
            self.kubernetes = kubernetes
            self.chart = chart
            self.label = label
        }
    }

    /// Renders a chart without a cluster and without plug-ins, and looks through what comes out.
    ///
    /// Charts are untrusted input, but Helm's templates cannot start programs; `lookup` finds nothing here. Tests of the chart are left out.
    public func images(of order: Order) throws(DiscoverError) -> [FoundImage] {
        let bytes = try render(order)
        do throws(DiscoverError) {
            let scan = try ManifestScan(bytes, file: order.label, origin: "chart \(order.chart)")
            return scan.images.map { RenderedSources(bytes).placed($0, label: order.label) }
        } catch {
            guard case .yaml(let fault) = error else { throw error }
            throw .helm(chart: order.chart, .output(fault))
        }
    }

    private func render(_ order: Order) throws(DiscoverError) -> [UInt8] {
        var arguments = ["template", order.release, order.archive.text, "--namespace", order.namespace]
        arguments += ["--include-crds", "--skip-tests", "--kube-version", order.kubernetes]
        if order.values != nil { arguments += ["--values", "-"] }
        let outcome: Subprocess.Outcome
        do throws(FileError) {
            outcome = try Subprocess.run(
                path.text, arguments, environment: environment, input: Array((order.values ?? "").utf8),
                timeLimit: Self.timeLimit)
        } catch { throw .helm(chart: order.chart, .notRun(error)) }
        guard outcome.isSuccess else {
            let lines = outcome.errorText.split(separator: "\n").prefix(4).map(String.init)
            throw .helm(chart: order.chart, .refused(status: outcome.status, words: lines))
        }
        return outcome.output
    }

    /// Nothing of the person's own: no plug-ins, no repositories, no cluster.
    private var environment: [String: String] {
        [
            "PATH": searchPath, "HOME": "/nonexistent", "LC_ALL": "C", "HELM_NO_PLUGINS": "1",
            "KUBECONFIG": "/dev/null",
        ]
    }
}

/// Which template each line of `helm template`'s output comes from: `# Source: app/templates/deployment.yaml`.
private struct RenderedSources {
    private var starts: [(line: Int, path: String)] = []

    init(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where line.starts(with: "# Source: ".utf8) {
            starts.append((index + 1, String(decoding: line.dropFirst(10), as: UTF8.self)))
        }
    }

    /// `image` at its template; lines count from the template's first in the output.
    func placed(_ image: FoundImage, label: String) -> FoundImage {
        let old = image.place.location
        guard let start = starts.last(where: { $0.line < old.line }) else { return image }
        let location = SourceLocation(
            file: "\(label)/\(start.path), rendered", line: old.line - start.line, column: old.column,
            excerpt: old.excerpt)
        return image.moved(to: location)
    }
}
