import Fetch
public import OCI
import Posix
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
        case .image(_, .document), .image(_, .store), .snap, .configuration, .variable, .file,
            .authorization:
            false
        }
    }
}
