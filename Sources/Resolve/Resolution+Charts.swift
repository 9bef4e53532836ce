import Definition
import Discover
import Fetch
import Format
import Gather
import LibYAML
import OCI
import Registry
import Reporting
import Store
import Values

extension Resolution {
    /// Pins every chart of the definition, and brings it into the store: only the archive tells what is in it.
    func charts() throws(ResolveError) -> [LockedChart] {
        var indexes: [String: ChartIndex] = [:]
        var locked: [LockedChart] = []
        for request in definition.charts {
            if let kept = pins.chart(request), case .url = kept.origin {
                locked.append(kept)
                continue
            }
            let chart =
                switch request.source {
                case .repository(let url, let name): try fromRepository(url, name, request, &indexes)
                case .registry(let repository): try fromRegistry(repository, request)
                case .local(let path): try fromFile(path, request)
                }
            if let digest = request.digest, digest != chart.content.digest {
                throw .otherContent(
                    item: "the chart \(request.name)", file: chart.from, promise: "sha256 in the definition",
                    expected: digest, found: chart.content.digest)
            }
            locked.append(chart)
        }
        return locked
    }

    private func site(_ request: ChartRequest) -> ChartSite {
        ChartSite(
            chart: request.text, from: request.origin, requested: request.versions.description,
            location: request.location)
    }

    // MARK: HTTP

    private func fromRepository(
        _ repository: String, _ name: String, _ request: ChartRequest, _ indexes: inout [String: ChartIndex]
    ) throws(ResolveError) -> LockedChart {
        let index = if let known = indexes[repository] { known } else { try index(of: repository, request) }
        indexes[repository] = index
        guard let entries = index.versions(of: name) else {
            throw .chart(site(request), .unknownChart(known: index.charts))
        }
        guard let version = request.versions.newest(of: entries.map(\.version)),
            let entry = entries.first(where: { $0.version == version })
        else { throw .chart(site(request), .unknownVersion(known: Self.sorted(entries.map(\.version)))) }
        if entry.url.hasPrefix("oci://") {
            return try fromRegistry(tagged: entry.url, chart: name, version: version.description, request)
        }
        let url = try absolute(entry.url, repository, request)
        let content = try fetch(url, entry.digest, promise: Self.indexURL(repository), request)
        return try locked(request, chart: name, version: version.description, .url(url), content)
    }

    private static func indexURL(_ repository: String) -> String {
        let parts = repository.split(separator: "?", maxSplits: 1)
        return parts[0] + "/index.yaml" + (parts.count > 1 ? "?" + parts[1] : "")
    }

    private func index(of repository: String, _ request: ChartRequest) throws(ResolveError) -> ChartIndex {
        let url = Self.indexURL(repository)
        let bytes: [UInt8]
        do throws(FetchError) {
            bytes = try gatherer.fetcher.document(FetchRequest(url: url), limit: ChartIndex.maximumSize).bytes
        } catch {
            if case .refused(_, let response) = error, response.status == 404 {
                throw .chart(site(request), .noIndex(url: url))
            }
            throw .gather(.fetch(FetchedItem("the index of charts", promise: "nobody"), error))
        }
        do throws(YAMLError) { return try ChartIndex(bytes, url: url) } catch {
            throw .chart(site(request), .index(error))
        }
    }

    /// Relative addresses are seen from the repository, as from a folder.
    private func absolute(
        _ url: String, _ repository: String, _ request: ChartRequest
    ) throws(ResolveError) -> String {
        do throws(FetchError) {
            let base = String(repository.prefix { $0 != "?" }) + "/"
            return try FetchRequest(url: base).resolving(url).url
        } catch { throw .gather(.fetch(FetchedItem("the chart \(request.name)", promise: "nobody"), error)) }
    }

    private func fetch(
        _ url: String, _ digest: SHA256Digest?, promise: String, _ request: ChartRequest
    ) throws(ResolveError) -> Content {
        let item = FetchedItem("the chart \(request.name)", promise: promise)
        if let digest {
            try gathering { () throws(GatherError) in
                try gatherer.fetch([FetchOrder(item, url: url, digest: digest)])
            }
            return try gathering { () throws(GatherError) in
                do throws(StoreError) {
                    guard let size = try gatherer.store.size(of: digest) else { throw StoreError.missing(digest) }
                    return Content(size: size, digest: digest)
                } catch { throw .store(error) }
            }
        }
        let bytes: [UInt8]
        do throws(FetchError) {
            bytes = try gatherer.fetcher.document(FetchRequest(url: url), limit: ChartArchive.maximumSize).bytes
        } catch { throw .gather(.fetch(item, error)) }
        return try gathering { () throws(GatherError) in try gatherer.keep(bytes) }
    }

    // MARK: Registries

    private func fromRegistry(_ repository: String, _ request: ChartRequest) throws(ResolveError) -> LockedChart {
        let name = repository.split(separator: "/").last.map(String.init) ?? repository
        let tags = try registering { () throws(RegistryError) in
            try gatherer.registry.tags(
                of: try chartReference(repository + ":x"), askedFor: request.location.description)
        }
        // Tags have no `+`, charts' versions may (helm#10166).
        let versions = tags.compactMap { ChartVersion($0.split(separator: "_").joined(separator: "+")) }
        guard let version = request.versions.newest(of: versions) else {
            throw .chart(site(request), .unknownVersion(known: Self.sorted(versions)))
        }
        let tag = version.description.split(separator: "+").joined(separator: "_")
        return try fromRegistry(
            tagged: "oci://\(repository):\(tag)", chart: name, version: version.description, request)
    }

    private func fromRegistry(
        tagged url: String, chart: String, version: String, _ request: ChartRequest
    ) throws(ResolveError) -> LockedChart {
        let reference = try gathering { () throws(GatherError) in try Gatherer.reference(url) }
        let origin = request.location.description
        let manifest = try registering { () throws(RegistryError) in
            try gatherer.registry.artefact(reference, askedFor: origin)
        }
        guard manifest.config.mediaType.text == "application/vnd.cncf.helm.config.v1+json",
            let layer = manifest.layers.first(where: { Self.archiveTypes.contains($0.mediaType.text) })
        else { throw .chart(site(request), .noChart(url: url, type: manifest.config.mediaType.text)) }
        try registering { () throws(RegistryError) in
            try gatherer.registry.pull([layer], of: reference, askedFor: origin)
        }
        let content = Content(size: layer.size, digest: layer.digest)
        return try locked(request, chart: chart, version: version, .url(url), content)
    }

    /// The type of today, and the one before it.
    private static let archiveTypes = [MediaType.chart.text, "application/tar+gzip"]

    private func chartReference(_ text: String) throws(RegistryError) -> ImageReference {
        do throws(OCIError) { return try ImageReference(text) } catch {
            preconditionFailure("a definition's oci:// chart was checked when it was read")
        }
    }

    private func registering<Result>(_ body: () throws(RegistryError) -> Result) throws(ResolveError) -> Result {
        do throws(RegistryError) { return try body() } catch { throw .gather(.registry(error)) }
    }

    // MARK: Files

    private func fromFile(_ path: LocalPath, _ request: ChartRequest) throws(ResolveError) -> LockedChart {
        let content = try gathering { () throws(GatherError) in try gatherer.take(chartAt: path) }
        let archive = try read(content, label: path.text)
        guard let version = ChartVersion(archive.version), request.versions.newest(of: [version]) != nil else {
            throw .chart(site(request), .otherVersion(found: archive.version))
        }
        return LockedChart(
            name: request.name, chart: archive.name, version: archive.version, from: request.origin,
            requested: request.versions.description, origin: .file(path.text), content: content)
    }

    // MARK: What is in it

    /// The lock's entry, once the archive says of itself what its repository says.
    private func locked(
        _ request: ChartRequest, chart: String, version: String, _ origin: LockedArtefact.Origin, _ content: Content
    ) throws(ResolveError) -> LockedChart {
        let archive = try read(content, label: "\(chart)-\(version).tgz")
        guard archive.name == chart, ChartVersion(archive.version) == ChartVersion(version) else {
            throw .chart(
                site(request), .otherChart(expected: "\(chart) \(version)", found: "\(archive.name) \(archive.version)")
            )
        }
        return LockedChart(
            name: request.name, chart: chart, version: archive.version, from: request.origin,
            requested: request.versions.description, origin: origin, content: content)
    }

    private func read(_ content: Content, label: String) throws(ResolveError) -> ChartArchive {
        let bytes = try gathering { () throws(GatherError) in try gatherer.archive(of: content) }
        do throws(DiscoverError) { return try ChartArchive(bytes, label: label) } catch { throw .discover(error) }
    }

    /// Newest first.
    private static func sorted(_ versions: [ChartVersion]) -> [String] {
        versions.sorted(by: >).map(\.description)
    }
}
