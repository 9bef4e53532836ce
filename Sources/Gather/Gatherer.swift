import Definition
public import Fetch
public import Registry
public import Reporting
public import Store

/// Brings what a lock names into a store. The only place of a build where the network is used, besides resolving.
///
/// Its methods block the calling thread.
public struct Gatherer: Sendable {
    /// Where everything ends up.
    public let store: Store
    /// Fetches files.
    public let fetcher: Fetcher
    /// Pulls images; works on the same store.
    public let registry: RegistryClient
    /// Told of decisions; the fetcher tells of bytes.
    public let progress: any ProgressReceiver

    /// A gatherer that works with these.
    public init(
        store: Store, fetcher: Fetcher, registry: RegistryClient, progress: any ProgressReceiver = SilentProgress()
    ) {
        self.store = store
        self.fetcher = fetcher
        self.registry = registry
        self.progress = progress
    }
}
