public import Definition
public import Discover
import Format
import Gather
import OCI
import Posix
import Reporting
import Values

/// Where the manifests and charts of a definition speak of images.
public struct Discovery: Sendable {
    /// Each place, in the order of what is laid.
    public internal(set) var images: [FoundImage] = []
    /// Charts that manifests name and the bundle does not carry.
    var foreignCharts: [ManifestScan.ForeignChart] = []
    /// What could not be looked into wholly, in words, and what would help.
    var gaps: [Diagnostic] = []
}

extension Resolver {
    /// Looks through everything that the platform applies.
    ///
    /// - Throws: ``ResolveError/discover(_:)``: a manifest that is not understood.
    public func discover(_ lock: Lock, for definition: Definition) throws(ResolveError) -> Discovery {
        let demand = try gathering { () throws(GatherError) in try Demand(lock, for: definition) }
        var discovery = Discovery()
        for manifest in try manifests(demand, lock) {
            let scan: ManifestScan
            do throws(DiscoverError) { scan = try ManifestScan(manifest.bytes, file: manifest.file) } catch {
                throw .discover(error)
            }
            discovery.images += scan.images
            discovery.foreignCharts += scan.foreignCharts
            for chart in scan.charts { try look(into: embedded(chart, lock), &discovery) }
        }
        for chart in try charts(lock, definition) { try look(into: chart, &discovery) }
        return discovery
    }

    /// What is laid where the platform applies manifests, each file once.
    private func manifests(_ demand: Demand, _ lock: Lock) throws(ResolveError) -> [(file: String, bytes: [UInt8])] {
        guard let folder = demand.release.profile.manifests else { return [] }
        // What installs a chart names the archive that is laid beside it; the chart itself is looked into.
        let ours = lock.charts.map { ChartManifest.fileName(for: $0.name) }
        var seen: Set<FilePath> = []
        var found: [(String, [UInt8])] = []
        for entry in demand.layout.entries where folder.takes(entry.destination) {
            guard !ours.contains(where: { entry.destination.text.hasSuffix("/" + $0) }) else { continue }
            switch entry.kind {
            case .file(_, .bytes(let bytes)), .template(_, .bytes(let bytes), _):
                found.append(("/" + entry.destination.text, bytes))
            case .file(_, .local(let path)), .template(_, .local(let path), _):
                guard seen.insert(path).inserted else { continue }
                do throws(FileError) {
                    found.append((path.text, try Files.read(path, limit: ManifestScan.maximumSize)))
                } catch { throw .gather(.file(error)) }
            case .directory, .link, .file, .template: continue
            }
        }
        return found
    }
}

extension ManifestFolder {
    /// Whether the platform applies what is laid as `path`.
    fileprivate func takes(_ path: MemberPath) -> Bool {
        path.text.hasPrefix(destination.text + "/") && suffixes.contains(where: path.text.hasSuffix)
    }
}
