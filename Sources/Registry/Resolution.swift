import OCI
import Values

/// The resolution of one name at one endpoint.
struct Resolution {
    let client: RegistryClient
    let task: ImageTask
    let endpoint: RegistryEndpoint
    let platform: Platform

    var repository: String { task.reference.repository }

    func run() throws(RegistryError) -> PinnedImage {
        let root = try root()
        var graph = ImageGraph(root: root.descriptor)
        try add(root.bytes, for: root.descriptor, to: &graph)
        while let index = graph.wanted.first(where: { $0.mediaType.kind == .index }) {
            try add(content(.document, index), for: index, to: &graph)
        }
        let manifest = try choose(in: &graph)
        var seen: Set<SHA256Digest> = []
        let blobs = (graph.descriptors + [manifest.config] + manifest.layers).filter { seen.insert($0.digest).inserted }
        return PinnedImage(
            reference: task.reference, root: root.descriptor, manifest: manifest.descriptor, platform: platform,
            size: blobs.reduce(0) { $0 + $1.size })
    }

    func error(_ trouble: ImageTrouble) -> RegistryError { task.error(trouble, at: endpoint) }

    private func add(
        _ bytes: [UInt8], for descriptor: Descriptor, to graph: inout ImageGraph
    ) throws(RegistryError) {
        do throws(OCIError) { try graph.add(bytes, for: descriptor) } catch { throw self.error(.document(error)) }
    }

    // MARK: The platform

    private func choose(in graph: inout ImageGraph) throws(RegistryError) -> ImageManifest {
        var others: [Platform] = []
        let candidates = graph.candidates(for: platform)
        for candidate in candidates {
            let manifest = try manifest(candidate.descriptor, in: &graph)
            let isRoot = candidate.descriptor.digest == graph.root.digest
            guard manifest.isImage || isRoot else { continue }
            do throws(OCIError) { try manifest.requireImage() } catch { throw self.error(.document(error)) }
            guard !candidate.isStated else { return manifest }
            let configured = try configuration(of: manifest).platform
            if platform.accepts(configured) || isRoot && configured.isEmpty { return manifest }
            others.append(configured)
        }
        throw error(.document(.noPlatform(wanted: platform, available: graph.platforms + others)))
    }

    private func manifest(
        _ descriptor: Descriptor, in graph: inout ImageGraph
    ) throws(RegistryError) -> ImageManifest {
        if graph[descriptor.digest] == nil {
            try add(content(.document, descriptor), for: descriptor, to: &graph)
        }
        guard case .manifest(let manifest)? = graph[descriptor.digest] else {
            preconditionFailure("a candidate of manifest type was read as a manifest")
        }
        return manifest
    }

    private func configuration(of manifest: ImageManifest) throws(RegistryError) -> ImageConfiguration {
        let bytes = try content(.blob, manifest.config)
        do throws(OCIError) { return try ImageConfiguration(bytes, of: manifest) } catch {
            throw self.error(.document(error))
        }
    }

    private func content(_ kind: ContentKind, _ descriptor: Descriptor) throws(RegistryError) -> [UInt8] {
        let piece = Piece(task: task, kind: kind, descriptor: descriptor)
        try client.download([(piece, endpoint)])
        return try client.read(piece)
    }
}
