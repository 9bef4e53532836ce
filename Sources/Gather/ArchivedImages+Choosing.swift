import Definition
import Format
import LibArchive
import OCI
import Store
import Values

extension ArchivedImages {
    /// The image below `root` that is for the machine asked for, under a name.
    func pin(_ root: Descriptor, as reference: ImageReference) throws(ImageArchiveFault) -> PinnedImage {
        let name = reference.description
        var graph = ImageGraph(root: root)
        try add(root, to: &graph, name)
        while let index = graph.wanted.first(where: { $0.mediaType.kind == .index && isHere($0) }) {
            try add(index, to: &graph, name)
        }
        let manifest = try choose(in: &graph, name)
        for blob in [manifest.config] + manifest.layers where !isHere(blob) {
            throw .incomplete(image: name, blob: "blobs/sha256/" + blob.digest.hex)
        }
        // Importers read every manifest that an index names; where some are not there, the platform's own one goes alone.
        var isWhole = true
        while isWhole, let next = graph.wanted.first {
            isWhole = isHere(next)
            if isWhole { try add(next, to: &graph, name) }
        }
        let documents = isWhole ? graph.descriptors : [manifest.descriptor]
        var seen: Set<SHA256Digest> = []
        let all = (documents + [manifest.config] + manifest.layers).filter { seen.insert($0.digest).inserted }
        return PinnedImage(
            reference: reference, root: (isWhole ? root : manifest.descriptor).bare, manifest: manifest.descriptor.bare,
            platform: request.platform, size: all.reduce(0) { $0 + $1.size })
    }

    private func isHere(_ descriptor: Descriptor) -> Bool {
        blobs.files["blobs/sha256/" + descriptor.digest.hex] != nil || isStored(descriptor)
    }

    /// What came out of a docker archive is known by no such name.
    private func isStored(_ descriptor: Descriptor) -> Bool {
        guard request.form == .dockerArchive else { return false }
        do throws(StoreError) { return try store.contains(descriptor.digest, size: descriptor.size) } catch {
            return false
        }
    }

    private func read(_ descriptor: Descriptor, _ name: String) throws(ImageArchiveFault) -> [UInt8] {
        guard isHere(descriptor) else {
            throw .incomplete(image: name, blob: "blobs/sha256/" + descriptor.digest.hex)
        }
        do throws(StoreError) {
            return try store.read(descriptor.digest, limit: ImageDocument.maximumSize)
        } catch { throw .unreadable(.source(error.diagnostic)) }
    }

    private func add(
        _ descriptor: Descriptor, to graph: inout ImageGraph, _ name: String
    ) throws(ImageArchiveFault) {
        let bytes = try read(descriptor, name)
        do throws(OCIError) { try graph.add(bytes, for: descriptor) } catch { throw .image(name, error) }
    }

    /// The first candidate that is for the machine, by the index or else by its own configuration.
    private func choose(in graph: inout ImageGraph, _ name: String) throws(ImageArchiveFault) -> ImageManifest {
        var others: [Platform] = []
        for candidate in graph.candidates(for: request.platform) where isHere(candidate.descriptor) {
            if graph[candidate.descriptor.digest] == nil { try add(candidate.descriptor, to: &graph, name) }
            guard case .manifest(let manifest)? = graph[candidate.descriptor.digest] else { continue }
            let isRoot = candidate.descriptor.digest == graph.root.digest
            guard manifest.isImage || isRoot else { continue }
            do throws(OCIError) {
                try manifest.requireImage()
                guard !candidate.isStated else { return manifest }
            } catch { throw .image(name, error) }
            let bytes = try read(manifest.config, name)
            let configured: Platform
            do throws(OCIError) { configured = try ImageConfiguration(bytes, of: manifest).platform } catch {
                throw .image(name, error)
            }
            if request.platform.accepts(configured) || isRoot && configured.isEmpty { return manifest }
            others.append(configured)
        }
        throw .image(name, .noPlatform(wanted: request.platform, available: graph.platforms + others))
    }
}

extension Descriptor {
    /// The same with no more than a lock writes.
    fileprivate var bare: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: size) }
}
