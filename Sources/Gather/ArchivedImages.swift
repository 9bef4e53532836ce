import Definition
import Format
import JSON
import LibArchive
import LibCrypto
import OCI
import Posix
import Store
import Values

/// The images of one archive or layout.
struct ArchivedImages {
    let request: ImageArchiveRequest
    let blobs: ArchivedBlobs
    let store: Store

    init(_ request: ImageArchiveRequest, store: Store) throws(ImageArchiveFault) {
        self.request = request
        self.store = store
        blobs =
            request.form == .layout
            ? try ArchivedBlobs(layout: request.path.path, into: store)
            : try ArchivedBlobs(archive: request.path.path, into: store)
    }

    /// An image as the archive names it.
    private struct Found {
        let name: String?
        let root: Descriptor
    }

    /// The images that the definition asks for, each by digest.
    func pinned() throws(ImageArchiveFault) -> [PinnedImage] {
        let found = try found()
        guard let wanted = request.name else {
            var pinned: [PinnedImage] = []
            for image in found { pinned.append(try pin(image.root, as: try Self.reference(image.name))) }
            guard !pinned.isEmpty else { throw .otherNames([]) }
            return pinned
        }
        let named = found.first { image in
            image.name.map { $0 == wanted.description || Self.completed($0) == wanted } ?? false
        }
        // One image, under whatever name, is the one that is meant.
        let isOne = Set(found.map(\.root.digest)).count == 1
        guard let image = named ?? (isOne ? found.first : nil) else {
            throw .otherNames(found.map { $0.name ?? "an image without a name" })
        }
        return [try pin(image.root, as: wanted)]
    }

    private static func completed(_ name: String) -> ImageReference? {
        do throws(OCIError) { return try ImageReference(name) } catch { return nil }
    }

    /// A name that says registry or repository; a mere tag, which tools write too, does not.
    private static func reference(_ name: String?) throws(ImageArchiveFault) -> ImageReference {
        guard let name, name.contains("/") || name.contains(":"), let reference = completed(name) else {
            throw .nameless(name)
        }
        return reference
    }

    // MARK: What is in it

    private func found() throws(ImageArchiveFault) -> [Found] {
        // A file that is both, as newer docker writes it, keeps the digests in its layout (moby#49141).
        if blobs.documents["oci-layout"] != nil, let index = blobs.documents["index.json"] {
            return try reading("index.json") { () throws(JSONError) in try Self.annotated(index) }
        }
        guard request.form == .dockerArchive else {
            let isDocker = blobs.documents["manifest.json"] != nil && request.form == .ociArchive
            throw .form(document: "index.json with oci-layout", other: isDocker ? "docker-archive" : nil)
        }
        guard let manifest = blobs.documents["manifest.json"] else {
            throw .form(document: "manifest.json", other: nil)
        }
        let images = try reading("manifest.json") { () throws(JSONError) in try DockerImage.all(manifest) }
        var found: [Found] = []
        for image in images {
            let root = try manifestDescriptor(of: image)
            found +=
                image.tags.isEmpty ? [Found(name: nil, root: root)] : image.tags.map { Found(name: $0, root: root) }
        }
        return found
    }

    private func reading<Result>(
        _ document: String, _ body: () throws(JSONError) -> Result
    ) throws(ImageArchiveFault) -> Result {
        do throws(JSONError) { return try body() } catch { throw .document(document, reason: error.reason) }
    }

    private static func annotated(_ bytes: [UInt8]) throws(JSONError) -> [Found] {
        let limits = JSONLimits(size: .mebibytes(4))
        let index = try JSONReader(JSONValue.parse(bytes, limits: limits, dialect: .foreign), dialect: .foreign)
        var found: [Found] = []
        for item in try index.items("manifests") {
            let entry = try item.object()
            let type = MediaType(try entry.string("mediaType"))
            guard let type, let digest = SHA256Digest(try entry.string("digest")), type.isDocument else { continue }
            let size = try entry.integer("size")
            let annotations = try entry.optionalObject("annotations")
            let names = [
                try annotations?.optionalString("io.containerd.image.name"),
                try annotations?.optionalString("org.opencontainers.image.ref.name"),
            ]
            found.append(
                Found(
                    name: names.compactMap(\.self).first,
                    root: Descriptor(mediaType: type, digest: digest, size: ByteCount(max(0, size)))))
        }
        return found
    }

    /// An image manifest for what `docker save` wrote, from the files' own digests: always the same for the same files.
    private func manifestDescriptor(of image: DockerImage) throws(ImageArchiveFault) -> Descriptor {
        let name = image.tags.first ?? image.config
        func descriptor(_ file: String, _ type: String?) throws(ImageArchiveFault) -> JSONValue {
            guard let content = blobs[file] else { throw .incomplete(image: name, blob: file) }
            let type = if let type { type } else { try layerType(content) }
            return [
                "digest": .string(content.digest.description), "mediaType": .string(type),
                "size": .integer(content.size.bytes),
            ]
        }
        var layers: [JSONValue] = []
        for layer in image.layers { layers.append(try descriptor(layer, nil)) }
        let manifest: JSONValue = [
            "config": try descriptor(image.config, "application/vnd.oci.image.config.v1+json"),
            "layers": .array(layers),
            "mediaType": .string(MediaType.manifest.text), "schemaVersion": 2,
        ]
        let bytes = manifest.canonical()
        do throws(StoreError) {
            let stored = try store.ingest(bytes)
            return Descriptor(mediaType: .manifest, digest: stored.digest, size: stored.size)
        } catch { throw .unreadable(.source(error.diagnostic)) }
    }

    /// By the first bytes, as containerd does it: gzip (RFC 1952), zstd (RFC 8878), else a plain tar.
    private func layerType(_ content: Content) throws(ImageArchiveFault) -> String {
        let head = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 8)
        defer { unsafe head.deallocate() }
        do {
            let count = try unsafe store.open(content.digest).readFully(into: head, at: 0)
            let first = unsafe Array(head[..<count])
            let suffix =
                first.starts(with: [0x1F, 0x8B]) ? "+gzip" : first == [0x28, 0xB5, 0x2F, 0xFD] ? "+zstd" : ""
            return "application/vnd.oci.image.layer.v1.tar" + suffix
        } catch let error as StoreError {
            throw .unreadable(.source(error.diagnostic))
        } catch { throw .damaged(content.digest.description) }
    }
}

/// One image of a docker archive's `manifest.json`.
private struct DockerImage {
    let config: String
    let tags: [String]
    let layers: [String]

    static func all(_ bytes: [UInt8]) throws(JSONError) -> [DockerImage] {
        let value = try JSONValue.parse(bytes, limits: JSONLimits(size: .mebibytes(4)), dialect: .foreign)
        // The document is a list, and a reader wants an object.
        let reader = try JSONReader(.object(["images": value]), dialect: .foreign)
        var images: [DockerImage] = []
        for item in try reader.items("images") {
            let fields = try item.object()
            var tags: [String] = []
            if let list = fields.optional("RepoTags") { for tag in try list.items() { tags.append(try tag.string()) } }
            var layers: [String] = []
            for layer in try fields.items("Layers") { layers.append(try layer.string()) }
            images.append(DockerImage(config: try fields.string("Config"), tags: tags, layers: layers))
        }
        return images
    }
}
