public import Fetch
import OCI
public import Reporting
public import Store
public import Values

/// Finds out what image names mean, and brings images into a store, by the distribution protocol
/// (opencontainers/distribution-spec, `spec.md`).
///
/// Its methods block the calling thread and may be called from several.
public final class RegistryClient: Sendable {
    let fetcher: Fetcher
    let store: Store
    let hosts: RegistryHosts
    let tokens: TokenService
    let progress: any ProgressReceiver

    /// A client that works with these.
    ///
    /// - Parameters:
    ///   - fetcher: Made with ``RegistryHosts/trust(for:)`` of `hosts` as its ``FetchSettings/trust``.
    ///   - credentials: Asked only for registries that want a login.
    ///   - now: The time of day, for the lifetime of tokens.
    public init(
        fetcher: Fetcher, store: Store, hosts: RegistryHosts, credentials: RegistryCredentials,
        progress: any ProgressReceiver = SilentProgress(), now: @escaping @Sendable () -> Timestamp
    ) {
        self.fetcher = fetcher
        self.store = store
        self.hosts = hosts
        self.progress = progress
        tokens = TokenService(fetcher: fetcher, credentials: credentials, now: now)
    }

    /// A request about a repository, with what every such request carries.
    func request(
        _ endpoint: RegistryEndpoint, _ repository: String, _ kind: ContentKind, _ name: String,
        query: [(String, String)] = []
    ) throws(FetchError) -> FetchRequest {
        var request = try FetchRequest(
            url: endpoint.url(repository, kind.path, name, query: query),
            authorizer: RegistryAuthorizer(service: tokens, endpoint: endpoint, repository: repository))
        if kind == .document { request.headers.set("Accept", Self.accepted) }
        return request
    }

    /// All four types at once, on every request for a document: with less, registries answer 404, or with a converted
    /// document of another digest.
    private static let accepted = MediaType.acceptedDocuments.map(\.text).joined(separator: ", ")
}

/// What is asked of a repository, and below which path it lies.
enum ContentKind: Hashable, Sendable {
    /// An index or a manifest.
    case document
    /// A configuration or a layer.
    case blob
    /// The list of tags.
    case tags

    var path: String {
        switch self {
        case .document: "manifests"
        case .blob: "blobs"
        case .tags: "tags"
        }
    }
}

/// One image that is asked about, and by whom.
struct ImageTask: Sendable {
    let reference: ImageReference
    let origin: String?

    /// The error that says `trouble` about this image.
    func error(_ trouble: ImageTrouble, at endpoint: RegistryEndpoint?) -> RegistryError {
        let registry = endpoint?.origin.hostAndPort ?? RegistryEndpoint.host(of: reference.registry)
        return .image(ImageSite(image: reference, registry: registry, origin: origin), trouble)
    }
}
