import Fetch
import LibCrypto
public import OCI
import Posix
import Store
import Values

/// One image name to be resolved, and where it stands.
public struct ImageQuery: Hashable, Sendable {
    /// The name.
    public let reference: ImageReference
    /// Where it was asked for, for messages: `line7.yaml:5`, `k3s-images.txt`.
    public let origin: String?

    /// A name and where it stands.
    public init(_ reference: ImageReference, origin: String? = nil) {
        self.reference = reference
        self.origin = origin
    }
}

extension RegistryClient {
    /// Registries that are asked at the same time.
    private static let parallelQueries = 4

    /// Pins every image for `platform`, in the order asked.
    ///
    /// - Throws: ``RegistryError``, the first that occurs.
    public func resolve(_ queries: [ImageQuery], for platform: Platform) throws -> [PinnedImage] {
        try Workers.map(queries, count: Self.parallelQueries) { query in
            try self.resolve(query.reference, for: platform, askedFor: query.origin)
        }
    }

    /// Finds out what `reference` means now, and which of its images is for `platform`.
    ///
    /// A tag costs one `HEAD` when the store has its documents already (Docker Hub counts manifest `GET`s only).
    /// - Parameter origin: Where it was asked for, for messages.
    public func resolve(
        _ reference: ImageReference, for platform: Platform, askedFor origin: String? = nil
    ) throws(RegistryError) -> PinnedImage {
        let task = ImageTask(reference: reference, origin: origin)
        let endpoints = try hosts.endpoints(for: reference.registry)
            .filter { reference.digest == nil ? $0.resolves : $0.pulls }
        var last = task.error(.notFound(tags: []), at: endpoints.last)
        for endpoint in endpoints {
            do throws(RegistryError) {
                return try Resolution(client: self, task: task, endpoint: endpoint, platform: platform).run()
            } catch {
                guard error.letsOthersTry else { throw error }
                last = error
            }
        }
        throw last
    }
}

extension RegistryError {
    /// Whether another endpoint of the same registry may do better. What is wrong with a document is wrong everywhere.
    var letsOthersTry: Bool {
        switch self {
        case .image(_, .fetch(let error)): error.letsOthersTry
        case .image(_, .notFound), .image(_, .incomplete), .image(_, .otherDigest), .image(_, .digestHeader): true
        case .image(_, .document), .image(_, .store), .configuration, .variable, .file,
            .authorization:
            false
        }
    }
}

/// The resolution of one name at one endpoint.
struct Resolution {
    let client: RegistryClient
    let task: ImageTask
    let endpoint: RegistryEndpoint
    let platform: Platform

    private var repository: String { task.reference.repository }

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

    private func error(_ trouble: ImageTrouble) -> RegistryError { task.error(trouble, at: endpoint) }

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

    // MARK: The topmost document

    private func root() throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        if let digest = task.reference.digest { return try document(digest, contentType: nil) }
        let tag = task.reference.tag ?? ImageReference.defaultTag
        guard let head = try head(tag) else { return try described(document: get(tag), promised: nil) }
        return try document(head.digest, contentType: head.contentType)
    }

    /// What the registry says that the tag means; `nil` when it does not say (ECR and others leave out the digest, some
    /// do not know `HEAD`).
    private func head(_ tag: String) throws(RegistryError) -> (digest: SHA256Digest, contentType: String?)? {
        let answer: FetchedDocument
        do throws(FetchError) {
            var request = try client.request(endpoint, repository, .document, tag)
            request.method = .head
            answer = try client.fetcher.document(request, limit: ImageDocument.maximumSize)
        } catch {
            guard case .refused(_, let response) = error, [400, 404, 405, 501].contains(response.status) else {
                throw self.error(.fetch(error))
            }
            return nil
        }
        guard let text = answer.headers["Docker-Content-Digest"] else { return nil }
        return (try digest(text), answer.headers["Content-Type"])
    }

    private func digest(_ text: String) throws(RegistryError) -> SHA256Digest {
        do throws(DigestRefusal) { return try SHA256Digest(ociText: text) } catch {
            throw self.error(.digestHeader(text))
        }
    }

    private func document(
        _ digest: SHA256Digest, contentType: String?
    ) throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        if let bytes = try client.stored(digest, task),
            let descriptor = try? ImageDocument.describe(bytes, contentType: contentType)
        {
            return (descriptor, bytes)
        }
        return try described(document: get(digest.description), promised: digest)
    }

    private func get(_ name: String) throws(RegistryError) -> FetchedDocument {
        do throws(FetchError) {
            let request = try client.request(endpoint, repository, .document, name)
            return try client.fetcher.document(request, limit: ImageDocument.maximumSize)
        } catch {
            guard case .refused(_, let response) = error, response.status == 404 else {
                throw self.error(.fetch(error))
            }
            throw self.error(.notFound(tags: tags()))
        }
    }

    /// Some tags that the repository has, for a message; none when it does not tell.
    private func tags() -> [String] {
        guard task.reference.digest == nil, let tag = task.reference.tag,
            let request = try? client.request(endpoint, repository, .tags, "list"),
            let list = try? client.fetcher.document(request, limit: Self.tagsLimit)
        else { return [] }
        return RegistryAnswer.tags(list.bytes, like: tag)
    }

    /// Some 10 000 tags.
    private static let tagsLimit = ByteCount.mebibytes(1)

    /// Believes the bytes, not what was said about them: the digest asked for or told must be theirs.
    private func described(
        document: FetchedDocument, promised: SHA256Digest?
    ) throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        let told = try document.headers["Docker-Content-Digest"].map { text throws(RegistryError) in try digest(text) }
        let found = SHA256Digest.of(document.bytes)
        for expected in [promised, told].compactMap(\.self) where expected != found {
            throw error(.otherDigest(promised: expected, found: found))
        }
        let descriptor: Descriptor
        do throws(OCIError) {
            descriptor = try ImageDocument.describe(
                document.bytes, contentType: document.headers["Content-Type"])
        } catch {
            throw self.error(.document(error))
        }
        try client.keep(document.bytes, task)
        return (descriptor, document.bytes)
    }
}
