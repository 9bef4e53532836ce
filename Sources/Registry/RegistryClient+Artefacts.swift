import Fetch
import JSON
public import OCI
import Values

/// What a registry keeps beside images: charts and other files, as manifests of their own types.
extension RegistryClient {
    /// The longest list of tags that is read, in pages; a page of most registries has 100 to 10 000.
    private static let maximumPages = 100
    private static let pageLimit = ByteCount.mebibytes(4)

    /// Every tag of the repository that `reference` names; its own tag does not count.
    ///
    /// - Parameter origin: Where it was asked for, for messages.
    public func tags(of reference: ImageReference, askedFor origin: String?) throws(RegistryError) -> [String] {
        let task = ImageTask(reference: reference, origin: origin)
        guard let endpoint = try hosts.endpoints(for: reference.registry).first(where: \.resolves) else {
            throw task.error(.notFound(tags: []), at: nil)
        }
        var tags: [String] = []
        do throws(FetchError) {
            var request = try request(endpoint, reference.repository, .tags, "list")
            for _ in 0..<Self.maximumPages {
                let answer = try fetcher.document(request, limit: Self.pageLimit)
                let page = Self.tags(in: answer.bytes)
                tags += page
                // RFC 8288; the distribution specification allows an empty answer as the end, too.
                guard answer.headers["Link"] != nil, let last = page.last else { break }
                request = try self.request(
                    endpoint, reference.repository, .tags, "list", query: [("n", "\(page.count)"), ("last", last)])
            }
        } catch {
            if case .refused(_, let response) = error, response.status == 404 {
                throw task.error(.notFound(tags: []), at: endpoint)
            }
            throw task.error(.fetch(error), at: endpoint)
        }
        return tags
    }

    private static func tags(in bytes: [UInt8]) -> [String] {
        do throws(JSONError) {
            let value = try JSONValue.parse(bytes, limits: JSONLimits(size: pageLimit), dialect: .foreign)
            return value["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
        } catch {
            return []
        }
    }

    /// The manifest that `reference` stands for now, whatever its kind.
    ///
    /// - Throws: ``RegistryError``; an index is refused, since only images have one.
    public func artefact(_ reference: ImageReference, askedFor origin: String?) throws(RegistryError) -> ImageManifest {
        let task = ImageTask(reference: reference, origin: origin)
        var last = task.error(.notFound(tags: []), at: nil)
        for endpoint in try hosts.endpoints(for: reference.registry).filter(\.resolves) {
            do throws(RegistryError) {
                let resolution = Resolution(
                    client: self, task: task, endpoint: endpoint, platform: Platform(os: "", architecture: ""))
                let root = try resolution.root()
                return try manifest(root.bytes, root.descriptor, task, endpoint)
            } catch {
                guard error.letsOthersTry else { throw error }
                last = error
            }
        }
        throw last
    }

    private func manifest(
        _ bytes: [UInt8], _ descriptor: Descriptor, _ task: ImageTask, _ endpoint: RegistryEndpoint
    ) throws(RegistryError) -> ImageManifest {
        let document: ImageDocument
        do throws(OCIError) { document = try ImageDocument.read(bytes, as: descriptor) } catch {
            throw task.error(.document(error), at: endpoint)
        }
        guard case .manifest(let manifest) = document else {
            let fault = DocumentFault.mediaType(promised: MediaType.manifest.text, found: descriptor.mediaType.text)
            throw task.error(.document(.document(descriptor.digest, fault)), at: endpoint)
        }
        return manifest
    }

    /// Brings blobs of a repository into the store; what is there is not fetched.
    public func pull(
        _ blobs: [Descriptor], of reference: ImageReference, askedFor origin: String?
    ) throws(RegistryError) {
        let task = ImageTask(reference: reference, origin: origin)
        try fetch(blobs.map { Piece(task: task, kind: .blob, descriptor: $0) })
    }
}
